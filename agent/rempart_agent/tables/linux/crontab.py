"""Table crontab: what cron runs.

Sources: ``/etc/crontab``, ``/etc/cron.d`` and the users' own (crontab(5)). In the first two the user's name is the
first word of ``command``, as in osquery. A line that has no command, a variable for one, is no row.
"""

import stat
from typing import Dict, Iterator

from rempart_agent.formats import line
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("event", TEXT),
    Column("minute", TEXT),
    Column("hour", TEXT),
    Column("day_of_month", TEXT),
    Column("month", TEXT),
    Column("day_of_week", TEXT),
    Column("command", TEXT, command=True),
    Column("path", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)

FILE = "/etc/crontab"
FOLDERS = ("/etc/cron.d", "/var/at/tabs", "/var/spool/cron", "/var/spool/cron/crontabs")
_TIMES = ("minute", "hour", "day_of_month", "month", "day_of_week")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each command; one that is not there is none, an unreadable one raises."""
    for path in _files(target):
        try:
            if not stat.S_ISREG(target.stat(path).st_mode):  # cron runs nothing from a pipe or a device
                continue
            text = target.text(path)
        except (Missing, Loop):
            continue
        for row in parse(text):
            row["path"] = path
            yield row


def _files(target: Target) -> Iterator[str]:
    yield FILE
    for folder in FOLDERS:
        try:
            real = target.realpath(folder)
            names = [name for name, kind in target.entries(real) if kind != "directory" and not name.startswith(".")]
        except (Missing, Loop):
            continue
        for name in names:
            yield real + "/" + name


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse crontab(5): five times, or an event that begins with ``@``, then the command."""
    for entry in line.trimmed(text):
        if entry[0] == "#":
            continue
        words = line.words(entry)
        times = 1 if words[0].startswith("@") else 5
        row: Dict[str, Value] = {"event": words[0]} if times == 1 else dict(zip(_TIMES, words))
        row["command"] = " ".join(words[times:])
        if row["command"]:
            yield row
