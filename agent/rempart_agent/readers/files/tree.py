"""All that lies below a folder, names that begin with a dot too; folders behind links are entered, each once."""

import os
import stat
from typing import Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.source.contract import Limit, Loop, Missing, Unfit
from rempart_agent.source.target import Target

MAX_ENTRIES = 250_000
MAX_DEPTH = 256


class Entry(NamedTuple):
    """One entry: its path, whether it is a link, and what stat(2) says of its end; None where nothing is there."""

    path: str
    link: bool
    status: Optional[os.stat_result]


def names(target: Target, folder: str) -> List[str]:
    """Return the names in a folder; none where nothing is there, or something that is no folder.

    Args:
        target: What is looked at.
        folder: The folder.

    Raises:
        Denied: it may not be listed.
        Unfit: it is there, and can't be listed: an input/output error, a loop of links.
    """
    try:
        return target.listdir(folder)
    except Missing:
        return []
    except Unfit:
        if stat.S_ISDIR(target.stat(folder).st_mode):
            raise
        return []


def below(target: Target, folder: str) -> Iterator[Entry]:
    """Yield a folder, then all below it; nothing where there is no such folder.

    Args:
        target: What is looked at.
        folder: The folder.

    Raises:
        Denied: a folder may not be listed.
        Limit: more than ``MAX_ENTRIES`` entries, or folders deeper than ``MAX_DEPTH``.
    """
    top = folder.rstrip("/") or "/"
    try:
        status = target.stat(top)
    except (Missing, Loop):
        return
    yield Entry(top, stat.S_ISLNK(target.lstat(top).st_mode), status)
    entered: Set[Tuple[int, int]] = {(status.st_dev, status.st_ino)}
    todo: List[Tuple[str, int]] = [(top, 0)] if stat.S_ISDIR(status.st_mode) else []
    count = 1
    while todo:
        here, depth = todo.pop()
        try:
            entries = target.statuses(here)
        except (Missing, Loop):  # gone since
            continue
        if entries and depth >= MAX_DEPTH:
            raise Limit("{top}: deeper than {max_depth} folders", top=top, max_depth=MAX_DEPTH)
        for name, kind, status_of in sorted(entries, key=lambda entry: entry[0]):
            count += 1
            if count > MAX_ENTRIES:
                raise Limit("{top}: more than {max_entries} entries", top=top, max_entries=MAX_ENTRIES)
            path = here.rstrip("/") + "/" + name
            yield Entry(path, kind == "link", status_of)
            if status_of is not None and stat.S_ISDIR(status_of.st_mode):
                same = (status_of.st_dev, status_of.st_ino)
                if same not in entered:
                    entered.add(same)
                    todo.append((path, depth + 1))
