"""Table portage_keywords: what Portage is told of keywords and masks of packages (Gentoo).

Source: ``package.keywords``, ``package.mask`` and ``package.unmask`` in ``/etc/portage``, each a file or, other than in
osquery, a folder of files.
"""

import stat
from typing import Dict, Iterator, List

from rempart_agent.formats import portage
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("package", TEXT),
    Column("version", TEXT, collate="version"),
    Column("keyword", TEXT),
    Column("mask", INTEGER),
    Column("unmask", INTEGER),
)
FOLDER = "/etc/portage"
_FILES = {"keyword": "package.keywords", "mask": "package.mask", "unmask": "package.unmask"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each atom."""
    found: Dict[str, Dict[str, Value]] = {}
    for column, name in _FILES.items():
        for words in _atoms(target, FOLDER + "/" + name):
            keyword = words[1] if column == "keyword" and len(words) > 1 else ""
            if keyword.startswith("#"):
                continue
            package, version = portage.split(words[0])
            fresh: Dict[str, Value] = {
                "package": package,
                "version": version,
                "keyword": keyword,
                "mask": 0,
                "unmask": 0,
            }
            row = found.setdefault(words[0], fresh)
            if column != "keyword":
                row[column] = 1
    return iter(found.values())


def _atoms(target: Target, path: str) -> Iterator[List[str]]:
    try:
        if stat.S_ISDIR(target.stat(path).st_mode):
            for name in target.listdir(path):
                yield from _atoms(target, path + "/" + name)
        else:
            yield from portage.atoms(target.text(path))
    except Missing:
        return
