"""Table rempart_signatures: databases of signatures of ClamAV: when they were made, and whether they are whole.

Source: the header of 512 bytes (libclamav/cvd.c, cl_cvdparse), and what follows it: a compressed archive whose MD5
stands in the header (``.cvd``), or an archive that freshclam put together (``.cld``). The maker's signature is not
verified.
"""

import re
from typing import Dict, Iterator, Optional, Tuple

from rempart_agent.said import Why
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Missing,
    Query,
    Row,
    Value,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("size", BIGINT),
    Column("built", BIGINT),
    Column("version", INTEGER),
    Column("signatures", BIGINT),
    Column("whole", INTEGER, costly=True),
    Column("why", TEXT),
)
_HEADER = 512
_LEAST = 64 * 1024
_MOST = 512 * 1024 * 1024
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(r"(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d)-(\d\d) ([+-])(\d\d)(\d\d)$", re.ASCII)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each file that is there."""
    for path in sorted({value for c in query.constraints if c.op == "=" for value in c.values}):
        try:
            size = target.stat(path).st_size
            head = target.read_head(path, _HEADER + 1024)
        except Missing:
            continue
        row: Dict[str, Value] = {"path": path, "size": size}
        found = parse(head)
        if not found:
            yield {**row, "whole": 0, "why": Why("no header of ClamAV")}
            continue
        built, version, signatures, digest = found
        row.update(built=built, version=version, signatures=signatures)
        if "whole" in query.columns:
            row["whole"], row["why"] = _whole(target, path, size, head, digest)
        yield row


def parse(head: bytes) -> Optional[Tuple[Optional[int], int, int, str]]:
    """Return when a database was made, its version, its number of signatures and its MD5; None where it is none."""
    fields = head[:_HEADER].decode("latin-1").rstrip().split(":")
    if len(head) < _HEADER or len(fields) < 8 or fields[0] != "ClamAV-VDB":
        return None
    try:
        return _made(fields), int(fields[2]), int(fields[3]), fields[5].lower()
    except ValueError:
        return None


def _made(fields: "list[str]") -> Optional[int]:
    if len(fields) > 8 and fields[8].strip().isdigit():
        return int(fields[8])
    found = _TIME.match(fields[1].strip())
    if not found:
        return None
    day, month, year, hour, minute, sign, hours, minutes = found.groups()
    if month.lower() not in _MONTHS:
        return None
    import calendar

    local = calendar.timegm((int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), 0, 0, 0, 0))
    return local - (1 if sign == "+" else -1) * (int(hours) * 3600 + int(minutes) * 60)


def _whole(target: Target, path: str, size: int, head: bytes, digest: str) -> Tuple[Optional[int], str]:
    body = head[_HEADER:]
    if size < _LEAST:
        return 0, Why("{size} bytes hold no day's signatures", size=size)
    if path.endswith(".cvd"):
        if size > _MOST:
            return None, Why("too large to be looked at")
        found = _digest(target, path)
        if not found:
            return None, Why("this system offers no MD5")
        return (int(found == digest), "" if found == digest else Why("its content is not what its header says"))
    if body[:2] == b"\x1f\x8b":
        return 1, ""
    length = body[124:136].rstrip(b" \0").decode("latin-1")
    if body[257:262] != b"ustar" or not re.match(r"[0-7]+\Z", length):
        return 0, Why("no archive behind the header")
    if _HEADER + 512 + int(length, 8) > size:
        return 0, Why("cut short")
    return 1, ""


def _digest(target: Target, path: str) -> str:
    """Return the MD5 of what follows the header, which the maker chose; ``""`` where the system offers none (FIPS)."""
    import hashlib

    try:
        skip, sums = _HEADER, hashlib.new("md5")  # noqa: S324 - to find damage, not forgery
    except ValueError:
        return ""
    for chunk in target.chunks(path, _MOST):
        sums.update(chunk[skip:])
        skip = max(0, skip - len(chunk))
    return sums.hexdigest()
