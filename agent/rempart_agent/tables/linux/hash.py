"""Table hash: digests of the regular files that a statement names.

Paths and directories are named as in the table ``file``; links are followed, and what is no regular file is no row. A
file that can't be read to its end raises. A digest is worked out only where the statement asks for it.
"""

import stat
from typing import Any, Dict, Iterator, List

from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import file

OFFLINE = "full"
ALGORITHMS = ("md5", "sha1", "sha256")
COLUMNS = (
    Column("path", TEXT, index=True, argument=True, required=True),
    Column("directory", TEXT, argument=True, required=True),
    *(Column(name, TEXT, costly=True, collate="nocase") for name in ALGORITHMS),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)
MAX_BYTES = 8 << 30
"""The largest file that is read, in bytes."""


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each regular file."""
    wanted = [name for name in ALGORITHMS if name in query.columns]
    if query.equal("directory") is not None or query.like("directory") is not None:
        named = [(p, folder) for folder in pattern.folders(target, query) for p in file.children(target, folder)]
    else:
        named = [(path, file.parent(path)) for path in pattern.paths(target, query)]
    for path, directory in named:
        if not path.endswith("/") and _is_regular(target, path):
            row: Dict[str, Value] = {"path": path, "directory": directory}
            if wanted:
                row.update(digests(target, path, wanted))
            yield row


def _is_regular(target: Target, path: str) -> bool:
    try:
        return stat.S_ISREG(target.stat(path).st_mode)
    except (Missing, Loop):
        return False


def digests(target: Target, path: str, algorithms: List[str]) -> Dict[str, str]:
    """Return the digests of a file in hexadecimal, by name; it is read once, part by part.

    Args:
        target: What is looked at.
        path: Absolute path on the target; of more than ``MAX_BYTES`` bytes it raises ``Unfit``.
        algorithms: ``md5``, ``sha1``, ``sha256``.
    """
    states = {name: _state(name) for name in algorithms}
    for part in target.chunks(path, MAX_BYTES):
        for state in states.values():
            state.update(part)
    return {name: state.hexdigest() for name, state in states.items()}


def _state(name: str) -> Any:
    import hashlib

    # Else a machine in FIPS mode refuses MD5; Python 3.8 takes the argument and does not look at it.
    return hashlib.new(name, usedforsecurity=False)  # novm
