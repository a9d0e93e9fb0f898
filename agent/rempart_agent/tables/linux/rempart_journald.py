"""Table rempart_journald: the settings of systemd's journal that count, of its file and the drop-ins of all folders.

Sources: ``journald.conf`` and ``journald.conf.d`` of ``/etc/systemd``, ``/run/systemd``, ``/usr/local/lib/systemd`` and
``/usr/lib/systemd`` (journald.conf(5)), merged as systemd does it. ``number`` is seconds of a time span, 1 or 0 of a
switch, the number of a level; -1 stands for ``infinity``. ``source`` is empty for a default. A setting whose default
differs between builds (``ForwardToSyslog``) has no row where no file says anything.
"""

from typing import Iterator

from rempart_agent.readers.files import journal
from rempart_agent.source.contract import DOUBLE, INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("key", TEXT),
    Column("value", TEXT),
    Column("number", DOUBLE),
    Column("source", TEXT),
    Column("line", INTEGER),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting.

    Raises:
        Denied: a file may not be read.
    """
    for setting in sorted(journal.settings(target).values()):
        number = -1 if setting.number == float("inf") else setting.number
        yield {
            "key": setting.key,
            "value": setting.value,
            "number": number,
            "source": setting.path,
            "line": setting.line or None,
        }
