"""An acceptance is signed with a key that the register has, or nothing is written."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from rempart_testing.risk_place import today

from rempart_controller.recording.user_key import load_key
from rempart_controller.risk.accepting import accept
from rempart_controller.risk.register_rows import read_acceptances
from rempart_core.error import UsageError
from rempart_core.registers.entry import add_entry
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers
from rempart_core.risk.assessment import Acceptance


def read(folder: Path) -> Registers:
    return read_registers(str(folder), int(time.time()))


def said(**fields: str) -> Acceptance:
    return Acceptance("S4", "tolerable", "insured", "p-001", today(), today(90), "unacceptable")._replace(**fields)


@pytest.fixture
def known(folder: Path) -> Path:
    """Let the user's key be known as that of p-001."""
    entry = {"person": "p-001", "key": load_key().public, "since": today()}
    add_entry(str(folder), "signers", entry, time.time())
    return folder


def test_it_is_signed_pinned_and_read_back(known: Path) -> None:
    path = accept(read(known), said())
    assert os.path.dirname(path) == str(known / "evidence")
    found = read(known)
    assert read_acceptances(found) == [said(computed="")]
    assert found["acceptances"].rows[0]["proof"] == "file"
    second = accept(read(known), said(scenario="S3"))
    third = accept(read(known), said(scenario="S2"))
    assert len({path, second, third}) == 3


def test_a_key_that_the_register_does_not_have_signs_nothing(folder: Path) -> None:
    before = sorted(os.listdir(folder / "evidence"))
    with pytest.raises(UsageError, match="registers add signers"):
        accept(read(folder), said())
    assert sorted(os.listdir(folder / "evidence")) == before
    assert not (folder / "acceptances.yaml").exists()


@pytest.mark.parametrize("fields", [{"scenario": ""}, {"until": "2026-99-99"}, {"reason": ""}])
def test_where_the_entry_is_refused_no_file_stays(known: Path, fields: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        accept(read(known), said(**fields))
    assert os.listdir(known / "evidence") == []


def test_nothing_is_written_outside_the_folder(known: Path, tmp_path: Path) -> None:
    (known / "evidence").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (known / "evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        accept(read(known), said())
    assert os.listdir(tmp_path / "elsewhere") == []
