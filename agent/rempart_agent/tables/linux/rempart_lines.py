r"""Table rempart_lines: the lines of text files as they stand, comments and all.

For files whose own tables leave out what still counts: ``#1000 ALL = ALL`` in sudoers(5) is a rule and reads like a
comment, and an empty second field in passwd(5) is in no column of ``users``. A path that does not exist gives no rows,
a directory gives none, and one that can't be read raises. A line ends at ``\n``; what follows the last one is a line
too unless it is empty.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("line", INTEGER),
    Column("text", TEXT),
)
MAX_BYTES = 4 * 1024 * 1024  # of one file: this is for configuration, not for logs


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each line of the files that the statement names."""
    for path, text in pattern.texts(target, query, limit=MAX_BYTES):
        for row in parse(text):
            row["path"] = path
            yield row


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Return the lines of a text with their numbers."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield {"line": number, "text": line}
