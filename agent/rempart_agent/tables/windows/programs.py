r"""Table programs: what is installed, as the registry of a disk has it.

Source: osquery's ``programs.cpp``: the keys ``Uninstall`` of the machine (64 and 32 bit) and of each user, and packages
of the store, each described by the manifest in its folder. A running system has the keys of those users alone who are
logged on; here it is all who have a profile. A manifest that is not there leaves its package out, as in osquery; one
that can't be read raises.
"""

import re
from datetime import datetime, timezone
from typing import Dict, Iterator, Optional, Set

from rempart_agent.source.contract import TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.registry import Key, fold, text_of
from rempart_agent.source.target import Target
from rempart_agent.tables.windows.registry import show

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("version", TEXT, collate="version"),
    Column("install_location", TEXT),
    Column("install_source", TEXT),
    Column("language", TEXT),
    Column("publisher", TEXT),
    Column("uninstall_string", TEXT),
    Column("install_date", TEXT),
    Column("identifying_number", TEXT),
    Column("package_family_name", TEXT),
    Column("upgrade_code", TEXT),
)

_SOFTWARE = "HKEY_LOCAL_MACHINE\\SOFTWARE\\"
_UNINSTALL = "Microsoft\\Windows\\CurrentVersion\\Uninstall"
_UPGRADES = (
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Installer\\UpgradeCodes",
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Classes\\Installer\\UpgradeCodes",
)
_OF_USER = "Local Settings\\Software\\Microsoft\\Windows\\CurrentVersion\\AppModel\\Repository\\Packages"
_OF_ALL = "Microsoft\\Windows\\CurrentVersion\\Appx\\AppxAllUserStore\\"
_VALUES = {
    "DisplayName": "name",
    "DisplayVersion": "version",
    "InstallLocation": "install_location",
    "InstallSource": "install_source",
    "Language": "language",
    "Publisher": "publisher",
    "UninstallString": "uninstall_string",
    "InstallDate": "install_date",
}
_BUNDLE = "BundleIdentifier"
_GUID = re.compile(r"\{[a-fA-F0-9]+-[a-fA-F0-9]+-[a-fA-F0-9]+-[a-fA-F0-9]+-[a-fA-F0-9]+\}$")
_IDENTITY = re.compile(r"<Identity[\s\S]*?/>")
_PROPERTIES = re.compile(r"<Properties[\s\S]*?>([\s\S]*?)</Properties>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_MANIFEST = 4 << 20


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each program and package."""
    upgrades = _upgrades(target) if "upgrade_code" in query.columns else {}
    places = [_SOFTWARE + _UNINSTALL, _SOFTWARE + "WOW6432Node\\" + _UNINSTALL]
    users = target.registry("HKEY_USERS")
    names = users.names() if users is not None else []
    for path in [*places, *("HKEY_USERS\\{}\\Software\\{}".format(name, _UNINSTALL) for name in names)]:
        key = target.registry(path)
        for below in key.subkeys() if key is not None else ():
            row = _program(target, below, upgrades)
            if row:
                yield row
    families: Set[str] = set()
    for path in [
        *("HKEY_USERS\\{}\\{}".format(name, _OF_USER) for name in names if name.endswith("_Classes")),
        *(_SOFTWARE + _OF_ALL + name for name in ("Applications", "InboxApplications")),
    ]:
        key = target.registry(path)
        for below in key.subkeys() if key is not None else ():
            package = _package(target, below)
            family = str(package.get("package_family_name") or package.get("name") or "") if package else ""
            if package and family not in families:
                families.add(family)
                yield package


def _program(target: Target, key: Key, upgrades: Dict[str, str]) -> Dict[str, Value]:
    row: Dict[str, Value] = {}
    code = _GUID.search(key.name)
    if code:
        row["identifying_number"] = code[0]
        if upgrades.get(code[0].upper()):
            row["upgrade_code"] = upgrades[code[0].upper()]
    wanted = {fold(name): column for name, column in _VALUES.items()}
    if not code:
        wanted[fold(_BUNDLE)] = "identifying_number"
    for value in key.values():
        column = wanted.get(fold(value.name))
        if column:
            row[column] = show(target, value, key.name)
    return row


def _package(target: Target, key: Key) -> Optional[Dict[str, Value]]:
    """Return the row of a package of the store; None where its manifest is not there."""
    location, manifest = text_of(key, "PackageRootFolder"), ""
    if location:
        manifest = location + "\\AppxManifest.xml"
    else:
        manifest = text_of(key, "Path")
        location = manifest.rpartition("\\")[0]
        if location.endswith("\\AppxMetadata"):
            location = location[: -len("\\AppxMetadata")]
    if not manifest:
        return None
    try:
        text = target.text(manifest, _MANIFEST)
    except (Missing, Loop):
        return None
    row: Dict[str, Value] = {"install_location": location, "package_family_name": family_of(key.name)}
    identity = _IDENTITY.search(text)
    if identity:
        found = dict(_ATTRIBUTE.findall(identity[0]))
        row.update(name=found.get("Name", ""), publisher=found.get("Publisher", ""), version=found.get("Version", ""))
    properties = _PROPERTIES.search(text)
    for column, tag in (("name", "DisplayName"), ("publisher", "PublisherDisplayName")):
        told = re.search("<{0}[\\s\\S]*?>([\\s\\S]*?)</{0}>".format(tag), properties[1]) if properties else None
        if told and told[1] and "ms-resource" not in told[1]:
            row[column] = told[1]
    row["install_date"] = _day(target.stat(manifest).st_mtime)
    return row


def _day(at: float) -> str:
    """Return the day on which a manifest was written: when it was made, which osquery shows, is not read."""
    try:
        return datetime.fromtimestamp(at, timezone.utc).strftime("%Y%m%d")
    except (OverflowError, ValueError, OSError):
        return ""


def family_of(full: str) -> str:
    """Return the family's name of a package of the store, of its full name; ``""`` where it is none."""
    name, _, rest = full.partition("_")
    publisher = full.partition("__")[2] or rest.rpartition("_")[2]
    return name + "_" + publisher if name and publisher else ""


def _upgrades(target: Target) -> Dict[str, str]:
    """Return what products can be upgraded by: code of the product to that of its upgrades."""
    found: Dict[str, str] = {}
    for path in _UPGRADES:
        top = target.registry(path)
        for key in top.subkeys() if top is not None else ():
            code = unpack_code(key.name)
            for value in key.values():
                product = unpack_code(value.name).upper()
                if code and product:
                    found[product] = code
    return found


def unpack_code(packed: str) -> str:
    """Return a GUID as it is written, of the 32 digits as which Windows Installer has it in the registry.

    Its groups stand there backwards, those behind the third digit by digit pair; ``""`` where it is no GUID.
    """
    if len(packed) != 32:
        return ""
    ends = (8, 12, 16, *range(18, 33, 2))
    parts = [packed[start:end][::-1] for start, end in zip((0, *ends), ends)]
    return "{" + "-".join([*parts[:3], "".join(parts[3:5]), "".join(parts[5:])]) + "}"
