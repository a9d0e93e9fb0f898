"""The head of a list: a day and a person, and nothing else."""

from __future__ import annotations

from pathlib import Path

from rempart_core.messages.say import say
from rempart_core.registers.files import Files
from rempart_core.registers.heads import read_head, read_heads
from rempart_core.registers.raw import Places, RawRow
from rempart_core.registers.register import Head


def _row(**values: str) -> RawRow:
    return RawRow(1, values, Places({name: (number, 8) for number, name in enumerate(values, 1)}, (1, 1)))


def test_a_head() -> None:
    assert read_head(_row(as_of="2026-11-20", by="p-1"), alone=True) == Head("2026-11-20", "p-1")
    assert read_head(_row(as_of="2026-11-20", by="p-1", name="x"), alone=False) == Head("2026-11-20", "p-1")


def test_all_that_is_wrong_with_it_is_told() -> None:
    found = read_head(_row(as_of="20/11/26", bye="p-1"), alone=True)
    assert isinstance(found, list)
    assert [(line, say(message)) for line, _, message in found] == [
        (2, 'unknown key "bye" in the head: did you mean "by"?'),
        (1, 'as_of: "20/11/26" is no date: write YYYY-MM-DD, like 2026-12-31'),
        (1, 'the head lacks "by"'),
    ]


def test_a_file_of_heads_that_is_no_yaml(tmp_path: Path) -> None:
    (tmp_path / "registers.yaml").write_text("people: {as_of: 2026-11-20\n", encoding="utf-8")
    found = read_heads(str(tmp_path), Files({}, heads=True, mistakes=[], double=set()))
    assert found.mistakes
    assert not found.rows
