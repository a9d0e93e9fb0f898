"""Table cpu_time: what processors spent their time on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import cpu_time

MachineOf = Callable[..., RecordedTarget]

# show_stat() in fs/proc/stat.c; the second processor as an older kernel tells of it
STAT = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu12 1 2 3 4 5 6 7\nintr 5 0\nctxt 7\n"


def test_each_processor_is_a_row(machine_of: MachineOf) -> None:
    first, second = (dict(row) for row in cpu_time.rows(machine_of({"/proc/stat": STAT}), Query()))
    assert first == dict(zip([column.name for column in cpu_time.COLUMNS], range(11), strict=True))
    assert (second["core"], second["softirq"], second["steal"], second["guest_nice"]) == (12, 7, 0, 0)


@pytest.mark.parametrize("text", ["", "intr 5", "cpu0 1 2", "cpu0 1 2 3 4 5 6 x", "cpuX 1 2 3 4 5 6 7"])
def test_another_file_raises(machine_of: MachineOf, text: str) -> None:
    with pytest.raises(Malformed):
        list(cpu_time.rows(machine_of({"/proc/stat": text}), Query()))


def test_no_proc_raises_and_a_root_has_none(machine_of: MachineOf) -> None:
    target = machine_of({})
    with pytest.raises(Missing):
        list(cpu_time.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(cpu_time.rows(target, Query()))


@given(st.binary(), st.integers(0, len(STAT)))
def test_any_bytes_are_taken_or_refused(data: bytes, at: int) -> None:
    text = data.decode("utf-8", "replace")
    for broken in (text, STAT[:at] + text + STAT[at:]):
        try:
            assert all(isinstance(row["core"], int) for row in cpu_time.parse(broken))
        except Malformed:
            continue
