"""The document of registers names each column, what it may hold and why it is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rempart_core.registers.catalogue import CONTRACTS

TEXT = (Path(__file__).resolve().parents[2] / "docs/registers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_register_stands_there_with_its_columns(name: str) -> None:
    contract = CONTRACTS[name]
    (head, table) = re.findall(rf"^\*\*`{name}`\*\*(.*?)\n\n(.*?)\n\n", TEXT, re.MULTILINE | re.DOTALL)[0]
    assert ("*proof*" in head) == contract.evidence
    assert ("May be empty" in head) == contract.may_be_empty
    assert all(control in head for control in contract.controls)
    rows = [re.split(r" ?\| ?", row)[1:-1] for row in table.splitlines()[2:]]
    assert [row[0] for row in rows] == [f"`{one.name}`{' *' if one.required else ''}" for one in contract.columns]
    for row, column in zip(rows, contract.columns, strict=True):
        assert row[2], "why it is asked"
        if column.choices:
            assert tuple(re.findall("`([^`]+)`", row[1])) == column.choices
