"""Table memory_info: main memory and swap, in bytes.

Source: ``/proc/meminfo`` (proc_meminfo(5)), whose ``kB`` are 1024 bytes.
"""

from typing import Dict, List

from rempart_agent.source.contract import BIGINT, Column, Malformed, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
_NAMES = {
    "MemTotal": "memory_total",
    "MemFree": "memory_free",
    "MemAvailable": "memory_available",
    "Buffers": "buffers",
    "Cached": "cached",
    "SwapCached": "swap_cached",
    "Active": "active",
    "Inactive": "inactive",
    "SwapTotal": "swap_total",
    "SwapFree": "swap_free",
}
COLUMNS = tuple(Column(name, BIGINT) for name in _NAMES.values())


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row."""
    target.need_live("memory_info")
    return [parse(target.text("/proc/meminfo"))]


def parse(text: str) -> Dict[str, int]:
    """Parse ``/proc/meminfo``; raises ``Malformed`` where the total is missing."""
    row = {}
    for line in text.split("\n"):
        key, _, value = line.partition(":")
        name = _NAMES.get(key)
        number = value.split()[:1]
        if name and number and number[0].isascii() and number[0].isdigit():
            row[name] = int(number[0][:15]) * 1024
    if "memory_total" not in row:
        raise Malformed("/proc/meminfo: no MemTotal")
    return row
