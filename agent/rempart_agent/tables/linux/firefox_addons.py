"""Table firefox_addons: the add-ons of Firefox.

Source: ``extensions.json`` in the profiles of the users that ``uid`` names, else of the one that runs. Profiles of a
Firefox in a snap or flatpak, and those under ``~/.config`` (since Firefox 147), are looked at too, where osquery passes
them by. A profile without that file has not been started yet and gives no rows; a file that can't be understood raises.
"""

import stat
from typing import Any, Dict, Iterator

from rempart_agent.formats import property_tree
from rempart_agent.readers.files import account, chrome_profile
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, argument=True),
    Column("name", TEXT),
    Column("identifier", TEXT, index=True),
    Column("creator", TEXT),
    Column("type", TEXT),
    Column("version", TEXT, collate="version"),
    Column("description", TEXT),
    Column("source_url", TEXT),
    Column("visible", INTEGER),
    Column("active", INTEGER),
    Column("disabled", INTEGER),
    Column("autoupdate", INTEGER),
    Column("location", TEXT),
    Column("path", TEXT),
)
FOLDERS = (
    ".mozilla/firefox",
    ".config/mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/config/mozilla/firefox",
)
_KEYS = (
    ("name", ("defaultLocale", "name")),
    ("identifier", ("id",)),
    ("type", ("type",)),
    ("version", ("version",)),
    ("creator", ("defaultLocale", "creator")),
    ("description", ("defaultLocale", "description")),
    ("source_url", ("sourceURI",)),
    ("visible", ("visible",)),
    ("active", ("active",)),
    ("autoupdate", ("applyBackgroundUpdates",)),
    ("location", ("location",)),
    ("path", ("path",)),
)
_FLAGS = {"true": "1", "false": "0"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each add-on of each profile."""
    for uid, home in account.homes(target, query):
        for folder in FOLDERS:
            for profile in chrome_profile.folders(target, home + "/" + folder):
                path = profile + "/extensions.json"
                try:
                    if not stat.S_ISREG(target.stat(path).st_mode):
                        continue
                    text = target.text(path)
                except (Missing, Loop):
                    continue
                try:
                    for row in parse(text):
                        row["uid"] = uid
                        yield row
                except Malformed as error:
                    raise Malformed("{path}: {error}", path=path, error=error) from error


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Return the add-ons of ``extensions.json``.

    Raises:
        Malformed: it is no JSON, or has no list of add-ons.
    """
    addons = property_tree.child(property_tree.parse(text), "addons")
    if addons == "":
        return
    if not isinstance(addons, list):
        raise Malformed("no list of add-ons")
    for addon in addons:
        row: Dict[str, Value] = {}
        for column, path in _KEYS:
            value: Any = property_tree.text(addon, *path)
            row[column] = _FLAGS.get(value, value)
        off = (
            property_tree.text(addon, flag) == "true"
            for flag in ("softDisabled", "softDisable", "appDisabled", "userDisabled")
        )
        row["disabled"] = int(any(off))
        yield row
