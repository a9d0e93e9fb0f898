"""Table rempart_auditd_conf: the settings of auditd that are in force, read as auditd reads them.

osquery has no such table. Each row is one setting of ``/etc/audit/auditd.conf``, or the default where the file does not
name it (``source`` is then ``default``). ``value`` has words in small letters; ``number`` is its number, and
``percent`` 1 where it counts per cent. ``starts`` is 1 where auditd starts with this file, 0 where it refuses it, for
the reason in ``why``: a line that is not understood, a file that is a link, not root's or that everybody may write.
"""

import stat
from typing import Iterator

from rempart_agent.models import auditd_settings
from rempart_agent.said import Why
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("key", TEXT),
    Column("value", TEXT),
    Column("number", BIGINT),
    Column("percent", INTEGER),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("starts", INTEGER),
    Column("why", TEXT),
)
_FILE = "/etc/audit/auditd.conf"
_MAX_BYTES = 1024 * 1024


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting.

    Raises:
        Denied: the file may not be read.
    """
    refused = ""
    text = ""
    try:
        status = target.lstat(_FILE)
        if not stat.S_ISREG(status.st_mode):
            refused = Why("auditd does not start: {path} is no regular file", path=_FILE)
        elif status.st_uid != 0:
            refused = Why("auditd does not start: {path} is not root's", path=_FILE)
        elif status.st_mode & stat.S_IWOTH:
            refused = Why("auditd does not start: everybody may write {path}", path=_FILE)
        else:
            text = target.text(_FILE, _MAX_BYTES)
    except Missing:
        pass  # auditd starts with its defaults
    found = auditd_settings.read(text)
    refused = refused or found.refused
    for setting in found.settings:
        digits = setting.value.rstrip("%")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
        yield {
            "key": setting.key,
            "value": setting.value,
            "number": number,
            "percent": int(number is not None and digits != setting.value),
            "source": "default" if setting.line is None else _FILE,
            "line": setting.line,
            "starts": int(not refused),
            "why": refused,
        }
