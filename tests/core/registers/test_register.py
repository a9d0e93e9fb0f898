"""What was read, as others ask it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rempart_core.registers.register import Registers


def test_heads_are_rows_of_the_registers_that_can_be_asked(given: Callable[..., Registers]) -> None:
    found = given(training_yaml="entries: x\n")
    assert found.heads() == [
        {"name": name, "state": "present", "as_of": "2026-11-20", "by": "p-001", "age_days": "7",
         "entries": entries, "trouble": ""}
        for name, entries in (("organisation", "1"), ("people", "2"))
    ]  # fmt: skip


def test_an_invented_organisation_is_marked(given: Callable[..., Registers], folder: Path) -> None:
    assert not given().sample
    text = (folder / "organisation.yaml").read_text(encoding="utf-8")
    assert given(organisation_yaml=f"{text}sample: true\n").sample
