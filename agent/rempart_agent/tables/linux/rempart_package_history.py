"""Table rempart_package_history: the latest updates of packages, by the logs of dpkg and the history of dnf.

Sources: ``/var/log/dpkg.log`` and its rotated files (dpkg(1)); ``/var/lib/dnf/history.sqlite`` of dnf and
``/usr/lib/sysimage/libdnf5/transaction_history.sqlite`` of dnf5. One row for each package that was replaced by a newer
version. Files of dpkg's are read from the newest on, up to the first that has an update. ``at`` is in seconds since
1970; dpkg writes the time of the machine's zone, which is taken for UTC: it may be off by 14 hours. A row without
``name`` says that a log is there, and knows of no update. No log: no rows.
"""

import re
from typing import Iterator, List, Optional, Set, Tuple

from rempart_agent.formats import sqlite_file
from rempart_agent.readers.files import packed
from rempart_agent.source.contract import BIGINT, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("manager", TEXT),
    Column("name", TEXT),
    Column("at", BIGINT),
    Column("source", TEXT),
)

LOG = "/var/log/dpkg.log"
DNF = "/var/lib/dnf/history.sqlite"
DNF5 = "/usr/lib/sysimage/libdnf5/transaction_history.sqlite"
MAX_BYTES = 64 * 1024 * 1024
UPGRADE = 6  # libdnf's TransactionItemAction::UPGRADE

_LINE = re.compile(r"^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) upgrade (\S+) ", re.MULTILINE)
_NUMBER = re.compile(r"dpkg\.log(?:\.(\d+))?(?:\.(?:gz|xz|bz2|zst))?$")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each update.

    Raises:
        Denied: a log may not be read.
        Malformed: a packed log or a history is damaged.
    """
    for manager, source, found in (*_dpkg(target), *_dnf(target)):
        for name, at in found:
            yield {"manager": manager, "name": name, "at": at, "source": source}
        if not found:
            yield {"manager": manager, "name": "", "source": source}


Found = Tuple[str, str, List[Tuple[str, Optional[int]]]]


def _dpkg(target: Target) -> Iterator[Found]:
    last: Optional[Found] = None
    for path in _logs(target):
        try:
            text = packed.read(target, path, MAX_BYTES).decode("utf-8", "replace")
        except (Missing, Loop):
            continue
        last = ("dpkg", path, list(parse(text)))
        if last[2]:
            break
    if last:
        yield last


def _logs(target: Target) -> List[str]:
    folder = LOG.rpartition("/")[0]
    try:
        names = target.listdir(folder)
    except (Missing, Loop):
        return []
    numbered = [(int(found.group(1) or 0), name) for name in names for found in [_NUMBER.match(name)] if found]
    return ["{}/{}".format(folder, name) for _, name in sorted(numbered)]


def parse(text: str) -> Iterator[Tuple[str, Optional[int]]]:
    """Return package and time of each update in a log of dpkg."""
    import calendar

    for found in _LINE.finditer(text):
        numbers = [int(part) for part in found.groups()[:6]]
        yield found.group(7), calendar.timegm((*numbers, 0, 0, 0))


def _dnf(target: Target) -> Iterator[Found]:
    for path in (DNF, DNF5):
        try:
            data = target.read(path, MAX_BYTES)
        except (Missing, Loop):
            continue
        try:
            log = target.read(path + "-wal", MAX_BYTES)
        except (Missing, Loop):
            log = b""
        yield "rpm", path, _updates(data, log, five=path == DNF5)


def _updates(data: bytes, log: bytes, *, five: bool) -> List[Tuple[str, Optional[int]]]:
    """Return the updates of the last transaction that had any."""
    wanted: Set[sqlite_file.Cell] = {UPGRADE}
    if five:
        actions = sqlite_file.select(data, "trans_item_action", "id, name", log)
        wanted = {number for number, name in actions if str(name).lower() == "upgrade"}
    times = {
        number: end for number, end in sqlite_file.select(data, "trans", "id, dt_end", log) if isinstance(end, int)
    }
    items = sqlite_file.select(data, "trans_item", "trans_id, item_id, " + ("action_id" if five else "action"), log)
    found = [(times[number], item) for number, item, action in items if action in wanted and times.get(number)]
    names = {} if five else {row[0]: row[1] for row in sqlite_file.select(data, "rpm", "item_id, name", log)}
    latest = max((at for at, _ in found), default=0)
    return [(str(names.get(item, item)), at) for at, item in found if at == latest]
