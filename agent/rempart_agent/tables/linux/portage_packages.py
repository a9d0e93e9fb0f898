"""Table portage_packages: the packages that Portage has installed (Gentoo).

Source: ``/var/db/pkg`` and ``/var/lib/portage/world``. A machine without the first has no Portage and no rows.
"""

import stat
from typing import Dict, Iterator, List

from rempart_agent.formats import portage
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("package", TEXT),
    Column("version", TEXT, collate="version"),
    Column("slot", TEXT),
    Column("build_time", BIGINT),
    Column("repository", TEXT),
    Column("eapi", BIGINT),
    Column("size", BIGINT),
    Column("world", INTEGER),
)
FOLDER = "/var/db/pkg"
WORLD = "/var/lib/portage/world"
_FILES = {"slot": "SLOT", "size": "SIZE", "eapi": "EAPI", "build_time": "BUILD_TIME", "repository": "repository"}
_NUMBERS = ("size", "eapi", "build_time")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each package."""
    if not target.exists(FOLDER):
        return
    try:
        world = {portage.split(words[0])[0] for words in portage.atoms(target.text(WORLD))}
    except Missing:
        world = set()
    for path in folders(target):
        package, version = portage.split(path[len(FOLDER) + 1 :])
        row: Dict[str, Value] = {"package": package, "version": version, "world": int(package in world)}
        for column, name in _FILES.items():
            try:
                told = target.text(path + "/" + name).strip()
            except Missing:
                continue
            row[column] = (int(told) if told.isdigit() and told.isascii() else None) if column in _NUMBERS else told
        yield row


def folders(target: Target) -> Iterator[str]:
    """Yield the folder of each installed package."""
    for category in _folders(target, FOLDER):
        for name in _folders(target, FOLDER + "/" + category):
            yield FOLDER + "/" + category + "/" + name


def _folders(target: Target, path: str) -> List[str]:
    found = ((name, status) for name, _kind, status in target.statuses(path) if not name.startswith("."))
    return sorted(name for name, status in found if status and stat.S_ISDIR(status.st_mode))
