"""Table acpi_tables: what the firmware gives the kernel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Missing, NotObservable, Query
from rempart_agent.tables.linux import acpi_tables

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]
FILES = {
    "/sys/firmware/acpi/tables/FACP": b"FACP\xf4\0\0\0",
    "/sys/firmware/acpi/tables/EMPTY": b"",
    "/sys/firmware/acpi/tables/data/BERT": b"x",
    "/sys/firmware/acpi/tables/dynamic/SSDT1": b"y",
}


def test_a_table_is_a_row(machine_of: MachineOf) -> None:
    empty, first = acpi_tables.rows(machine_of(FILES), Query())
    assert dict(first) == {"name": "FACP", "size": 8, "md5": hashlib.md5(b"FACP\xf4\0\0\0").hexdigest()}  # noqa: S324
    assert (empty["name"], empty["size"]) == ("EMPTY", 0)


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf) -> None:
    target = machine_of(FILES)
    theirs = ask("SELECT * FROM acpi_tables", {"/sys": Path(target.root) / "sys"})
    assert told(theirs) == told(embedded(target, "SELECT * FROM acpi_tables"))


def test_what_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(acpi_tables.rows(machine_of({}), Query()))
    target = machine_of(FILES)
    deny(target, "/sys/firmware/acpi/tables/FACP")
    with pytest.raises(Denied):
        list(acpi_tables.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(acpi_tables.rows(target, Query()))
