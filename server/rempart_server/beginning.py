"""How a server is begun: its directory with CA, keys and store; ``server.yaml`` comes last, so a half is no server."""

import json
import os
from typing import NamedTuple

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server import tls
from rempart_server.opening import expect_extra, open_settings
from rempart_server.settings import FILE, Settings
from rempart_server.settings_file import parse_settings

_HEAD = "# Settings of `rempart server`. All of them: docs/server.md. Restart the server after a change.\n"


class Beginning(NamedTuple):
    """What a server is begun with.

    Attributes:
        directory: Where.
        name: The host name by which it is reached.
        store: Where its store is; ``""`` for an SQLite file in its directory.
        certificate: A certificate chain of the user's; ``""`` for one of an own CA.
        key: Its key.
    """

    directory: str
    name: str
    store: str = ""
    certificate: str = ""
    key: str = ""


class Begun(NamedTuple):
    """A server that was begun.

    Attributes:
        settings: Its settings.
        authority: Path of its CA's certificate; ``""`` where it has none.
        fingerprint: That certificate's SHA-256.
        link: The admin's one-time link.
        key: The public key that signs documents and the log, in hex.
    """

    settings: Settings
    authority: str
    fingerprint: str
    link: str
    key: str


def begin(wanted: Beginning) -> Begun:
    """Make what a server needs; what an interrupted call made is used.

    Args:
        wanted: What it is begun with.

    Raises:
        UsageError: There is a server already, and nothing was changed; or the directory can't be made.
        ContentError: A value can't be used.
        KeyFileError: A key can't be made.
        StoreError: The store can't be made.
    """
    expect_extra()
    path = os.path.join(wanted.directory, FILE)
    if os.path.lexists(path):
        raise UsageError(Message("server.begun", path=path))
    text = _HEAD + "".join(
        f"{name}: {json.dumps(value)}\n" for name, value in wanted._asdict().items() if value and name != "directory"
    )
    settings = parse_settings(text.encode(), wanted.directory)
    try:
        os.makedirs(wanted.directory, mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(Message("file.failed", path=wanted.directory, error=reason_of(error))) from error
    return _begin(settings, path, text)


def _begin(settings: Settings, path: str, text: str) -> Begun:
    from rempart_core.signing.key import load_key
    from rempart_server.people.first_admin import invite
    from rempart_store.store import Store

    authority = ""
    if not settings.certificate:
        tls.make_ca(settings.directory, settings.name)
        authority = os.path.join(settings.directory, tls.CA)
    tls.prepare(settings)
    load_key(settings.signing_key)
    Store.open(settings.place).close()
    with open_settings(settings) as context:
        link, key = settings.url + invite(context), context.key.public
    _publish(path, text)
    return Begun(settings, authority, tls.fingerprint(authority) if authority else "", link, key)


def _publish(path: str, text: str) -> None:
    """Write ``server.yaml``, unless another call was faster."""
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        finally:
            os.unlink(beside)
    except FileExistsError as error:
        raise UsageError(Message("server.begun", path=path)) from error
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error
