"""Where the store and the key lie: the user's data directory, or what the user says.

Source: XDG Base Directory Specification 0.8 (``XDG_DATA_HOME``).
"""

import os
import sys

from rempart_core.error import UsageError
from rempart_core.messages.message import Message

FILE = "rempart.db"
VARIABLE = "REMPART_STORE"
_SCHEMES = ("postgresql", "postgres")


def data_directory() -> str:
    """Return the user's data directory of Rempart; it need not exist."""
    given = os.environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(given):  # the specification: a relative one is to be ignored
        return os.path.join(given, "rempart")
    home = os.path.expanduser("~")
    folders = {
        "win32": os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"),
        "darwin": os.path.join(home, "Library", "Application Support"),
    }
    return os.path.join(folders.get(sys.platform, os.path.join(home, ".local", "share")), "rempart")


def make_directory(path: str) -> None:
    """Make a directory that only its user may enter, where it is not there.

    Raises:
        OSError: It can't be made.
    """
    os.makedirs(path, mode=0o700, exist_ok=True)


def usual_store() -> str:
    """Return the store that is meant where none is named: ``REMPART_STORE``, else a file in the data directory."""
    return os.environ.get(VARIABLE) or os.path.join(data_directory(), FILE)


def is_postgresql(place: str) -> bool:
    """Tell whether a store's place is the URL of a PostgreSQL server."""
    scheme, separator, _ = place.partition("://")
    return bool(separator) and scheme.partition("+")[0] in _SCHEMES


def refuse_password(place: str | None) -> None:
    """Refuse a store's URL on a command line that holds a password: every user of the machine sees command lines.

    Raises:
        UsageError: It holds one.
    """
    if not place or not is_postgresql(place):
        return
    from urllib.parse import parse_qs, urlsplit

    try:
        parts = urlsplit(place)
        found = parts.password is not None or "password" in parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        found = "@" in place
    if found:
        raise UsageError(Message("store.password"))


def file_of(place: str) -> str:
    """Return the path of a store's SQLite file: a path as it is, or of a ``sqlite:///path`` URL."""
    return place.removeprefix("sqlite:///") if place.startswith("sqlite:///") else place
