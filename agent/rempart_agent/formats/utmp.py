"""Login records: the binary files utmp and wtmp (utmp(5))."""

import os
import sys
from typing import Iterator, NamedTuple

from rempart_agent.source.contract import Malformed

TYPES = (*("empty", "runlevel", "boot_time", "new_time", "old_time", "init", "login", "user", "dead", "accounting"),)
_SIZE, _SIZE_64 = 384, 400  # with times of 32 bits, as on x86, and of 64, as on 64-bit Arm


class Record(NamedTuple):
    """One record.

    Attributes:
        type: A number, the place in ``TYPES``.
        pid: The process that logged in.
        line: The terminal.
        user: The account.
        host: Where from.
        time: Seconds since 1970.
    """

    type: int
    pid: int
    line: str
    user: str
    host: str
    time: int


def parse(data: bytes) -> Iterator[Record]:
    """Read the records of a file; raises ``Malformed`` where the last one is cut off."""
    size = _record_size(len(data))
    for at in range(0, len(data), size):
        record = data[at : at + size]
        if len(record) < size:
            raise Malformed("utmp: a record is cut off")
        time = _number(record[340:344]) if size == _SIZE else _number(record[344:352])
        yield Record(
            type=_number(record[:2]),
            pid=_number(record[4:8]),
            line=_text(record[8:40]),
            user=_text(record[44:76]),
            host=_text(record[76:332]),
            time=time,
        )


def _record_size(length: int) -> int:
    wide = os.uname().machine in ("aarch64", "riscv64", "loongarch64")
    own, other = (_SIZE_64, _SIZE) if wide else (_SIZE, _SIZE_64)
    return other if length % own and not length % other else own


def _number(data: bytes) -> int:
    return int.from_bytes(data, sys.byteorder, signed=True)


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")
