"""Table rempart_ini: the settings of ``key = value`` files of many dialects, in the order of their lines.

How lines are read, and where a comment at their end is cut, is written down in :mod:`rempart_agent.formats.ini`. A path
that does not exist gives no rows, and one that can't be read raises; a directory gives none.
"""

from typing import Iterator

from rempart_agent.formats import ini
from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("section", TEXT),
    Column("key", TEXT),
    Column("value", TEXT, command=True),
    Column("line", INTEGER),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting of the files that the statement names."""
    for path, text in pattern.texts(target, query):
        for section, key, value, line in ini.parse(text, ini.dialect_of(path)):
            yield {"path": path, "section": section, "key": key, "value": value, "line": line}
