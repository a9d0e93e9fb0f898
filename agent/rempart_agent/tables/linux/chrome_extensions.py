"""Table chrome_extensions: the extensions of Chrome, Chromium and the browsers built on it.

Of the users that ``uid`` names, else of the one that runs. What is in a profile's ``Extensions`` folder is a row, and
what its settings refer to elsewhere; ``referenced`` tells whether they do: a browser loads nothing else. Profiles
without ``Secure Preferences``, of Edge and of browsers in a snap or flatpak are looked at too, where osquery passes
them by. An extension whose manifest can't be understood is a row with little more than its path; one without a manifest
is none (what is built into the browser has its in the browser's own archive).

``state`` is 1 for an extension that is on. Newer browsers (seen: Chromium 156) keep ``disable_reasons`` in its place: 0
is told from it, and no reason at all leaves it empty, as osquery has it; ``first_install_time`` stands in the same way.
"""

from typing import Any, Dict, Iterator, Optional, Set

from rempart_agent.formats import property_tree
from rempart_agent.readers.files import account, chrome_profile
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Loop,
    Malformed,
    Missing,
    Query,
    Row,
    Unfit,
    Value,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
MAX_MANIFEST = 4 * 1024 * 1024
COLUMNS = (
    Column("browser_type", TEXT),
    Column("uid", BIGINT, index=True, argument=True),
    Column("name", TEXT),
    Column("profile", TEXT),
    Column("profile_path", TEXT),
    Column("referenced_identifier", TEXT),
    Column("identifier", TEXT),
    Column("version", TEXT, collate="version"),
    Column("description", TEXT),
    Column("default_locale", TEXT),
    Column("current_locale", TEXT),
    Column("update_url", TEXT),
    Column("author", TEXT),
    Column("persistent", INTEGER),
    Column("path", TEXT),
    Column("permissions", TEXT),
    Column("permissions_json", TEXT, hidden=True),
    Column("optional_permissions", TEXT),
    Column("optional_permissions_json", TEXT, hidden=True),
    Column("manifest_hash", TEXT, collate="nocase"),
    Column("referenced", BIGINT),
    Column("from_webstore", TEXT),
    Column("state", TEXT),
    Column("install_time", TEXT),
    Column("install_timestamp", BIGINT),
    Column("manifest_json", TEXT, hidden=True),
    Column("key", TEXT, hidden=True),
)
_TEXTS = ("name", "version", "description", "default_locale", "current_locale", "update_url", "author", "key")
_LISTS = ("permissions", "optional_permissions")
_MESSAGE = "__MSG_"
_EPOCH = 11_644_473_600  # seconds from 1601, where Chromium's clock begins, to 1970


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each extension of each profile."""
    for uid, home in account.homes(target, query):
        for profile in chrome_profile.profiles(target, home):
            for path in _paths(target, profile):
                row = _describe(target, path)
                if row is not None:
                    known = profile.settings.get(path)
                    row.update(_settings(*known) if known else {"referenced": 0, "install_timestamp": 0})
                    row.update(browser_type=profile.browser, uid=uid, profile=profile.name, profile_path=profile.path)
                    yield row


def _paths(target: Target, profile: chrome_profile.Profile) -> Iterator[str]:
    """Yield the folders of a profile's extensions: first those that it does not refer to, as osquery does."""
    found: Set[str] = set()
    for folder in chrome_profile.folders(target, profile.path + "/Extensions"):
        found.update(chrome_profile.resolve(target, path) for path in chrome_profile.folders(target, folder))
    yield from sorted(found.difference(profile.settings))
    yield from sorted(profile.settings)


def _describe(target: Target, path: str) -> Optional[Dict[str, Value]]:
    try:
        data = target.read(path + "/manifest.json", MAX_MANIFEST)
    except (Missing, Loop):
        return None
    import hashlib

    row: Dict[str, Value] = {"path": path, "manifest_hash": hashlib.sha256(data).hexdigest(), "persistent": 0}
    try:
        row.update(parse(data.decode("utf-8-sig", "replace")))
    except Malformed:
        return row
    if any(str(row.get(name, "")).startswith(_MESSAGE) for name in _TEXTS):
        _localise(target, path, row)
    return row


def parse(text: str) -> Dict[str, Value]:
    """Return what a manifest says of its extension.

    Raises:
        Malformed: it is no JSON object.
    """
    tree = property_tree.parse(text)
    if not isinstance(tree, dict):
        raise Malformed("a manifest that is no object")
    row: Dict[str, Value] = {name: property_tree.text(tree, name) for name in _TEXTS if name in tree}
    row["persistent"] = int(property_tree.text(tree, "background", "persistent").lower() == "true")
    row["manifest_json"] = property_tree.write(tree)
    row["identifier"] = identify(str(row.get("key", "")))
    for name in _LISTS:
        values = tree.get(name)
        row[name + "_json"] = "{}" if values is None else property_tree.write(values)
        if isinstance(values, list):
            row[name] = ", ".join(value for value in values if isinstance(value, str))
    return row


def identify(key: str) -> str:
    """Return the id that Chromium makes of an extension's public key, ``""`` where there is none."""
    import binascii
    import hashlib

    try:
        data = binascii.a2b_base64(key.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return ""
    if not data:
        return ""
    digest = hashlib.sha256(data).hexdigest()
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest[:32])


def _localise(target: Target, path: str, row: Dict[str, Value]) -> None:
    """Put the extension's own words in place of their names."""
    locale = str(row.get("default_locale") or row.get("current_locale") or "en")
    if not locale.replace("_", "").replace("-", "").isalnum():
        return
    try:
        text = target.read("{}/_locales/{}/messages.json".format(path, locale), MAX_MANIFEST)
        tree = property_tree.parse(text.decode("utf-8-sig", "replace"))
    except (Missing, Unfit, Malformed):
        return
    words = {k.lower(): property_tree.text(v, "message") for k, v in tree.items()} if isinstance(tree, dict) else {}
    for name in _TEXTS:
        value = str(row.get(name, ""))
        if value.startswith(_MESSAGE):
            row[name] = words.get(value[len(_MESSAGE) : -2].lower()) or value


def _settings(identifier: str, entry: Any) -> Dict[str, Value]:
    """Return what a profile says of an extension."""
    row: Dict[str, Value] = {"referenced": 1, "referenced_identifier": identifier}
    for name in ("from_webstore", "state"):
        row[name] = property_tree.text(entry, name)
    row["install_time"] = property_tree.text(entry, "install_time") or property_tree.text(entry, "first_install_time")
    if not row["state"] and property_tree.child(entry, "disable_reasons") not in (None, "0", "", [], {}):
        row["state"] = "0"
    installed = str(row["install_time"])
    seconds = int(installed) // 1_000_000 - _EPOCH if installed.isdigit() and len(installed) < 20 else 0
    row["install_timestamp"] = max(0, seconds)
    return row
