"""Table cpuid: what the processor says of itself."""

from __future__ import annotations

import platform
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import NotObservable, Query
from rempart_agent.tables.linux import cpuid
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
X86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="an instruction of x86-64")


@NAMED
@X86
def test_osquery_says_the_same() -> None:
    theirs = ask("SELECT * FROM cpuid")
    assert told(theirs) == told(embedded(LiveTarget(), "SELECT * FROM cpuid"))
    assert len(theirs) > 60


def _told(**words: list[int]) -> list[list[int]]:
    answers = {leaf: [0, 0, 0, 0] for leaf in cpuid.LEAVES}
    answers[0, 0] = [7, *(int.from_bytes(part, "little") for part in (b"Genu", b"ntel", b"ineI"))]
    answers.update({(int(leaf.removeprefix("leaf"), 16), 0): word for leaf, word in words.items()})
    return list(answers.values())


def test_features_are_told_present_or_not(machine_of: MachineOf) -> None:
    machine = machine_of({}, {"cpuid": _told(leaf1=[0x00B00F21, 0, 1 << 25, 1 << 6], leaf7=[0, 1 << 20, 0, 0])})
    rows = {row["feature"]: dict(row) for row in cpuid.rows(machine, Query())}
    assert {name: rows[name]["value"] for name in ("vendor", "aes", "pae", "smap", "smep", "nx")} == {
        "vendor": "GenuineIntel",
        "aes": "1",
        "pae": "1",
        "smap": "1",
        "smep": "0",
        "nx": "0",
    }
    assert rows["smap"] == {
        "feature": "smap",
        "value": "1",
        "output_register": "ebx",
        "output_bit": 20,
        "input_eax": "7",
    }
    assert "hypervisor_id" not in rows
    assert (rows["family"]["value"], rows["serial"]["value"]) == ("0f00", "00b00f210000000000000000")


def test_a_root_has_no_processor(machine_of: MachineOf) -> None:
    machine = machine_of({}, {})
    machine.live = False
    with pytest.raises(NotObservable):
        list(cpuid.rows(machine, Query()))


@given(st.lists(st.lists(st.integers(0, (1 << 32) - 1), min_size=4, max_size=4), min_size=11, max_size=11))
def test_any_answer_is_told(words: list[list[int]]) -> None:
    rows = list(cpuid.describe(dict(zip(cpuid.LEAVES, words, strict=True))))
    assert all(isinstance(row["value"], str) for row in rows)
    assert bool(rows) == bool(words[0][0])
