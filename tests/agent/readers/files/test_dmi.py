"""The SMBIOS table, taken apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.smbios_table import END, TABLE, structure
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import Malformed, Missing

MachineOf = Callable[..., RecordedTarget]


def test_a_structure_has_numbers_texts_and_an_end() -> None:
    first, last = dmi.structures(structure(11, 0x102, b"\2\xff", b"one ", b"two") + END + b"what follows")
    assert (first.kind, first.fields, first.texts) == (11, b"\x0b\x06\x02\x01\x02\xff", b"one \0two")
    assert (first.number(2, 2), first.number(5, 2), first.hexadecimal(2, 2, 8)) == (0x102, None, "0x00000102")
    assert (first.text(4), first.numbered(1), first.numbered(3), first.numbered(0)) == ("two", "one", "", "")
    assert (first.name(4, {2: "Two"}), first.name(5, {}), first.name(6, {})) == ("Two", "", "")
    assert (last.kind, last.closed) == (dmi.END, True)
    assert not next(iter(dmi.structures(END))).closed


def test_padding_ends_the_table() -> None:
    assert len(list(dmi.structures(structure(1, 1, b"") + bytes(40)))) == 1


@given(st.integers(1, len(TABLE) - 1))
def test_a_table_that_is_cut_off_raises_or_is_shorter(cut: int) -> None:
    whole = list(dmi.structures(TABLE))
    try:
        found = list(dmi.structures(TABLE[:cut]))
    except Malformed:
        return
    assert [one[:3] for one in found] == [one[:3] for one in whole[: len(found)]]


def test_a_machine_without_it_or_without_sysfs(machine_of: MachineOf) -> None:
    assert dmi.exists(machine_of({"/sys/class/dmi/id/bios_vendor": "x"}))
    with pytest.raises(Missing):
        dmi.of_kind(machine_of({}), "cpu_info", 4)


def test_sysfs_that_is_not_mounted_raises(machine_of: MachineOf) -> None:
    with pytest.raises(Missing):
        dmi.exists(machine_of({}))
    target = machine_of({"/sys/class/net/": "", "/sys/class/dmi/id/bios_vendor": "SeaBIOS\n"})
    assert dmi.read(target, ["vendor", "date"], {"vendor": "bios_vendor", "date": "bios_date"}) == {"vendor": "SeaBIOS"}
