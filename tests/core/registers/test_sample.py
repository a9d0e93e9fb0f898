"""An invented organisation says that it is one, has no mistake, and is what its checks have to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers, State
from rempart_core.registers.sample import HOSTS, Sample


@pytest.fixture(params=["en", "fr"])
def sample(tmp_path: Path, now: int, request: pytest.FixtureRequest) -> Registers:
    """Return the registers of an invented organisation."""
    (tmp_path / "evidence").mkdir()
    Sample(now, request.param).write(str(tmp_path))
    return read_registers(str(tmp_path), now)


def test_it_is_sound_and_says_that_it_is_invented(sample: Registers) -> None:
    assert not sample.mistakes
    assert not sample.troubles
    assert sample.sample
    for path in Path(sample.folder).rglob("*.*"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert "nvent" in first, path.name


def test_one_register_is_missing_and_one_is_too_old(sample: Registers) -> None:
    assert [one.name for one in sample.registers.values() if one.state is State.MISSING] == ["second_factor"]
    assert {int(row["age_days"]) > 180 for row in sample["network_reviews"].rows} == {True}
    empty = {name for name, one in sample.registers.items() if one.state is State.PRESENT and not one.rows}
    assert empty == {"signers", "changes", "acceptances", "applicability", "breaches"}
    assert all(CONTRACTS[name].may_be_empty for name in empty)


def test_it_names_people_by_pseudonyms_alone(sample: Registers) -> None:
    people = {row["id"] for row in sample["people"].rows}
    assert all(one.startswith("p-") for one in people)
    assert {row["host"] for row in sample["assets"].rows} == set(HOSTS)


def test_most_is_proven_by_files_and_something_is_a_statement(sample: Registers) -> None:
    proofs = [row["proof"] for one in sample.registers.values() for row in one.rows if "proof" in row]
    assert proofs.count("statement") == 1
    assert proofs.count("file") > 100
