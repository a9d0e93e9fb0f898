r"""Paths of Windows that a statement names, by equality or by LIKE with osquery's own rules.

osquery expands a LIKE on a path part by part and asks Windows (``platformGlob`` of ``windows/fileops.cpp``); SQLite
compares what comes out with the pattern once more:

* ``%`` stands for any characters within one name, in whatever case; hidden files and names with a dot too;
* ``%%`` at the end goes down into every folder; anywhere else it is one ``%``;
* a part without ``%`` is shown as it was asked, the last one as it is written on the disk;
* the path of a folder ends in a backslash.

A folder that can't be listed raises.
"""

import stat
from typing import Iterable, List, Set, Tuple

from rempart_agent.readers.files.pattern import MAX_DEPTH, MAX_PATHS, asked, fits
from rempart_agent.source.contract import Limit, Loop, Missing, Query
from rempart_agent.source.target import Target


def paths(target: Target, query: Query, column: str = "path") -> List[str]:
    """Return the paths that a statement asks of a column, sorted: those it equals, which need not exist, and LIKE.

    Args:
        target: What is looked at.
        query: What the statement asks.
        column: Which column of it.
    """
    return asked(query, column, lambda patterns: expand(target, patterns))


def folders(target: Target, query: Query, column: str = "directory") -> List[str]:
    """Return the folders that a statement asks of a column; those of LIKE alone end in a backslash.

    Args:
        target: What is looked at.
        query: What the statement asks.
        column: Which column of it.
    """
    return asked(query, column, lambda patterns: [one for one in expand(target, patterns) if one.endswith("\\")])


def expand(target: Target, patterns: Iterable[str]) -> List[str]:
    """Return the existing paths that LIKE patterns stand for, sorted; a folder's ends in a backslash.

    Args:
        target: What is looked at.
        patterns: As osquery has them: ``%`` within a folder, ``%%`` at the end any depth.

    Raises:
        Limit: more than ``MAX_PATHS`` paths.
    """
    found: Set[str] = set()
    for pattern in patterns:
        _expand_one(target, pattern.replace("/", "\\"), found)
    return sorted(found)


def _expand_one(target: Target, pattern: str, found: Set[str]) -> None:
    drive, _, rest = pattern.partition("\\")
    if "%" in drive or not rest:
        return  # a drive is named; nothing else is a path of Windows
    *above, last = [part for part in rest.split("\\") if part] or [""]
    level = [drive]
    for part in above:
        level = [one for base in level for one in _matching(target, base, part) if _is_folder(target, one)]
        _bound(len(level))
    ends = [one for base in level for one in _named(target, base, last)]
    marked = _marked(target, ends)
    if pattern.endswith("\\"):
        marked = [one for one in marked if one.endswith("\\")]
    found.update(marked)
    if last.endswith("%%"):
        _descend(target, marked, found)
    _bound(len(found))


def _descend(target: Target, tops: List[str], found: Set[str]) -> None:
    entered: Set[Tuple[int, int]] = set()
    todo = [(folder, 0) for folder in tops if folder.endswith("\\")]
    while todo:
        folder, depth = todo.pop()
        status = target.stat(folder)
        if depth >= MAX_DEPTH or (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        below = _marked(target, [folder + name for name in target.listdir(folder)])
        found.update(below)
        _bound(len(found))
        todo += [(one, depth + 1) for one in below if one.endswith("\\")]


def _matching(target: Target, base: str, part: str) -> List[str]:
    return _named(target, base, part) if "%" in part else [base + "\\" + part]


def _named(target: Target, base: str, part: str) -> List[str]:
    """Return the paths of the names in a folder that a part stands for, as they are written on the disk."""
    try:
        names = target.listdir(base + "\\")
    except (Missing, Loop):  # a file, a broken link
        return []
    pieces = part.lower().split("%")
    return [base + "\\" + name for name in names if _fits(name.lower(), pieces)]


def _fits(name: str, pieces: List[str]) -> bool:
    if len(pieces) == 1:
        return name == pieces[0]
    return fits(name, pieces)


def _marked(target: Target, found: Iterable[str]) -> List[str]:
    return [one + "\\" if _is_folder(target, one) else one for one in found]


def _is_folder(target: Target, path: str) -> bool:
    try:
        return stat.S_ISDIR(target.stat(path).st_mode)
    except (Missing, Loop):
        return False


def _bound(count: int) -> None:
    if count > MAX_PATHS:
        raise Limit("more than {max_paths} paths", max_paths=MAX_PATHS)
