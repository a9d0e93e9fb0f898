"""Paths that a statement names, by equality or by LIKE with osquery's own rules.

``expand(target, patterns)`` turns LIKE patterns into the paths that exist; ``paths(target, query)`` gives all that a
statement asks of a path column (equality, IN and LIKE together), sorted, each once, and ``texts(target, query)`` the
content of those that are files. osquery expands a LIKE on a path as a shell would, and SQLite then compares what comes
out with the pattern once more (osquery's file tables guide, and its answers):

* ``%`` stands for any characters within one name; ``_`` and everything else for itself, case included;
* a name that begins with a dot matches only a pattern that has that dot, and then ``.`` and ``..`` do too;
* ``%%`` at the end goes down into every directory, hidden ones too, and into links to directories, each directory
  once; anywhere else it is one ``%``;
* ``[…]``, ``{…}`` and a backslash mean to glob(3) what they do in a shell; LIKE refuses what that finds, so they match
  nothing (``genGlobs`` in osquery's ``filesystem.cpp``);
* the path of a directory ends in a slash, so a pattern that names one needs it too (``/var/lib/%/``);
* a relative pattern begins at ``/``.

A directory that can't be listed raises. Each is entered once, so that loops of links end; paths are bounded in number.
"""

import re
import stat
from typing import Callable, Iterable, Iterator, List, Optional, Set, Tuple

from rempart_agent.source.contract import Limit, Loop, Missing, Query, Unfit
from rempart_agent.source.target import MAX_BYTES, Target

MAX_PATHS = 250_000
"""The most paths that one statement's patterns may stand for."""

MAX_DEPTH = 64
"""Directories below one another that ``%%`` goes down (``kMaxRecursiveGlobs`` of osquery)."""

_SHELL = re.compile(r"\\|\[[!^]?\]?[^/\]]*\]|\{[^}]+\}")  # what glob(3) does not take for itself
_SELF = [(".", "directory"), ("..", "directory")]


def paths(target: Target, query: Query, column: str = "path") -> List[str]:
    """Return the paths that a statement asks of ``column``, sorted: those it equals, which need not exist, and LIKE.

    Args:
        target: What is looked at.
        query: What the statement asks.
        column: Which column of it.
    """
    return asked(query, column, lambda patterns: expand(target, patterns))


def folders(target: Target, query: Query, column: str = "directory") -> List[str]:
    """Return the directories that a statement asks of ``column``; those of LIKE alone end in a slash.

    Args:
        target: What is looked at.
        query: What the statement asks.
        column: Which column of it.
    """
    return asked(query, column, lambda patterns: [one for one in expand(target, patterns) if one.endswith("/")])


def asked(query: Query, column: str, found: Callable[[Iterable[str]], Iterable[str]]) -> List[str]:
    """Return what a statement asks of ``column``, sorted, each once: what it equals, and what its patterns stand for.

    Args:
        query: What the statement asks.
        column: Which column of it.
        found: Returns what LIKE patterns stand for.
    """
    return sorted({*(query.equal(column) or ()), *found(query.like(column) or ())})


def texts(target: Target, query: Query, column: str = "path", limit: int = MAX_BYTES) -> Iterator[Tuple[str, str]]:
    """Yield path and text of each file that a statement asks of ``column``.

    What does not exist and directories are left out, and what is masked (a link to ``/dev/null``, systemd.unit(5));
    anything else that can't be read raises.

    Args:
        target: What is looked at.
        query: What the statement asks.
        column: Which column of it.
        limit: The most bytes of a file.
    """
    for path in paths(target, query, column):
        try:
            if not path.endswith("/") and not stat.S_ISDIR(target.stat(path).st_mode):
                yield path, target.text(path, limit)
        except (Missing, Loop):
            continue
        except Unfit:
            if target.realpath(path) != "/dev/null":
                raise


def expand(target: Target, patterns: Iterable[str]) -> List[str]:
    """Return the existing paths that LIKE patterns stand for, sorted; a directory's ends in a slash.

    Args:
        target: What is looked at.
        patterns: As osquery has them: ``%`` within a folder, ``%%`` at the end any depth.

    Raises:
        Denied: a directory on the way may not be listed.
        Limit: more than ``MAX_PATHS`` paths.
    """
    found: Set[str] = set()
    for pattern in patterns:
        _expand_one(target, pattern if pattern.startswith("/") else "/" + pattern, found)
    return sorted(found)


def _expand_one(target: Target, pattern: str, found: Set[str]) -> None:
    if _SHELL.search(pattern):
        return
    level = _matches(target, pattern)
    _add(found, level)
    if not pattern.endswith("%%"):
        return
    entered: Set[Tuple[int, int]] = set()
    todo = [(folder, 0) for folder in sorted(level, reverse=True)]
    while (
        todo
    ):  # depth first, as osquery: which of two ways leads into a directory first decides under which name it is seen
        folder, depth = todo.pop()
        if depth < MAX_DEPTH and folder.endswith("/") and _first_time(target, folder, entered):
            below = _marked(target, ((folder + name, kind) for name, kind in _names(target, folder)))
            _add(found, below)
            todo += [(path, depth + 1) for path in sorted(below, reverse=True)]


def _add(found: Set[str], more: List[str]) -> None:
    found.update(more)
    if len(found) > MAX_PATHS:
        raise Limit("more than {max_paths} paths", max_paths=MAX_PATHS)


def _first_time(target: Target, folder: str, entered: Set[Tuple[int, int]]) -> bool:
    """Note a directory, by where a link leads, as entered; tell whether it was not before."""
    try:
        status = target.stat(folder.rstrip("/") or "/")
    except (Missing, Loop):
        return False
    before = len(entered)
    entered.add((status.st_dev, status.st_ino))
    return len(entered) > before


def _matches(target: Target, pattern: str) -> List[str]:
    """Return what one pattern matches, without going down."""
    names = pattern.split("/")[1:]
    found: List[Tuple[str, str]] = [("", "directory")]
    for name in names:
        bases = [base for base, kind in found if kind != "other"]
        if "%" not in name:
            found = [(base + "/" + name, "unknown") for base in bases]
            continue
        parts = name.split("%")
        hidden = name.startswith(".")

        def wanted(entry: str, parts: List[str] = parts, hidden: bool = hidden) -> bool:
            return (hidden or entry[0] != ".") and fits(entry, parts)

        itself = [entry for entry in _SELF if wanted(entry[0])] if hidden else []
        found = [
            (base + "/" + entry, kind) for base in bases for entry, kind in itself + _names(target, base or "/", wanted)
        ]
        if len(found) > MAX_PATHS:
            raise Limit("more than {max_paths} paths", max_paths=MAX_PATHS)
    return _marked(target, found)


def fits(name: str, parts: List[str]) -> bool:
    """Tell whether ``name`` is made of ``parts`` (two at least) with anything between them."""
    first, last = parts[0], parts[-1]
    if not name.startswith(first):
        return False
    at = len(first)
    for part in parts[1:-1]:
        at = name.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(name) - at >= len(last) and name.endswith(last)


def _names(target: Target, path: str, wanted: Optional[Callable[[str], bool]] = None) -> List[Tuple[str, str]]:
    try:
        return target.entries(path, wanted)
    except (Missing, Loop):  # a file, a broken link, or gone since
        return []


def _marked(target: Target, found: Iterable[Tuple[str, str]]) -> List[str]:
    """Return the paths that exist, with a slash behind those that are directories."""
    marked = []
    for path, kind in found:
        folder = _is_folder(target, path, kind)
        if folder is None or (path.endswith("/") and not folder):
            continue
        marked.append(path + "/" if folder and not path.endswith("/") else path)
    return marked


def _is_folder(target: Target, path: str, kind: str) -> Optional[bool]:
    """Tell whether a path is a directory or a link to one; None where nothing is there."""
    if kind in ("directory", "other"):
        return kind == "directory"
    try:
        if kind == "unknown":
            target.lstat(path)
    except (Missing, Loop):
        return None
    try:
        return stat.S_ISDIR(target.stat(path).st_mode)
    except (Missing, Loop):
        return False
