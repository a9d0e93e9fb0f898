"""Table hash: digests of the regular files of a disk of Windows that a statement names.

Paths and folders are named as in the table ``file``. A file that can't be read to its end raises. A digest is worked
out only where the statement asks for it.
"""

import stat
from typing import Dict, Iterator

from rempart_agent.readers.files import drive_pattern
from rempart_agent.source.contract import TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux.hash import ALGORITHMS, digests
from rempart_agent.tables.windows import file

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, index=True, argument=True, required=True),
    Column("directory", TEXT, argument=True, required=True),
    *(Column(name, TEXT, costly=True, collate="nocase") for name in ALGORITHMS),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each regular file."""
    wanted = [name for name in ALGORITHMS if name in query.columns]
    if query.equal("directory") is not None or query.like("directory") is not None:
        named = [
            (path, folder) for folder in drive_pattern.folders(target, query) for path in file.children(target, folder)
        ]
    else:
        named = [(path, file.parent(path)) for path in drive_pattern.paths(target, query)]
    for path, directory in named:
        if _is_regular(target, path):
            row: Dict[str, Value] = {"path": path, "directory": directory}
            if wanted:
                row.update(digests(target, path, wanted))
            yield row


def _is_regular(target: Target, path: str) -> bool:
    try:
        return stat.S_ISREG(target.stat(path).st_mode)
    except (Missing, Loop):
        return False
