"""What registers say of risk: an entry that can't be believed says nothing, and an unsigned acceptance is refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rempart_testing.risk_place import today

from rempart_controller.risk.register_rows import expect_sound, list_keys, read_acceptances, read_assets, read_steps
from rempart_core.error import ContentError
from rempart_core.registers.entry import add_entry
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers
from rempart_core.risk.facts import Asset

ENTRY = {"scenario": "S4", "level": "tolerable", "reason": "insured", "by": "p-001"}


def read(folder: Path) -> Registers:
    return read_registers(str(folder), int(time.time()))


def test_what_is_said_of_hosts(folder: Path) -> None:
    assert read_assets(read(folder)) == [Asset("web-1", "G3", "internal"), Asset("pc-*", "G2", "roaming")]
    (folder / "people.yaml").unlink()
    assert len(read_assets(read(folder))) == 2, "who owns a host is another matter"
    (folder / "assets.yaml").unlink()
    assert read_assets(read(folder)) == []


def test_two_entries_of_one_host_say_nothing(folder: Path) -> None:
    with (folder / "assets.yaml").open("a") as stream:
        stream.write("  - {host: web-1, criticality: G1}\n")
    assert "web-1" not in [one.pattern for one in read_assets(read(folder)) if one.gravity == "G1"]


def test_steps_are_treatments_and_actions_that_name_a_scenario(folder: Path) -> None:
    action = {"id": "a-1", "source": "s3: BKP-01 ORG-14", "severity": "high", "what": "restore", "owner": "p-001"}
    add_entry(str(folder), "actions", {**action, "opened": today(), "due": today(9)}, time.time())
    steps = {one.id: one for one in read_steps(read(folder))}
    assert list(steps) == ["t-1", "t-2", "a-1"]
    assert steps["t-1"][1:5] == ("S4", "DSK-* ORG-13", "encrypt", "p-002")
    assert steps["a-1"][1:] == ("S3", "BKP-01 ORG-14", "restore", "p-001", today(9), "", "")


def test_a_key_holds_from_its_day_to_its_last(folder: Path) -> None:
    for key, since, until in (("AA", today(-9), ""), ("bb", today(-9), today(-3)), ("cc", today(-1), "")):
        entry = {"person": "p-001", "key": key, "since": since, "until": until}
        add_entry(str(folder), "signers", {name: value for name, value in entry.items() if value}, time.time())
    found = read(folder)
    assert list_keys(found, "p-001", today()) == ["aa", "cc"]
    assert list_keys(found, "p-001", today(-5)) == ["aa", "bb"]
    assert list_keys(found, "p-002", today()) == []


@pytest.mark.parametrize(("proof", "said"), [("reference", "not signed"), ("evidence", "no signed acceptance")])
def test_an_acceptance_without_a_signature_is_refused(folder: Path, proof: str, said: str) -> None:
    (folder / "evidence" / "scan.pdf").write_bytes(b"a scan of a signature on paper")
    entry = {**ENTRY, "date": today(), "until": today(9), proof: "evidence/scan.pdf"}
    add_entry(str(folder), "acceptances", entry, time.time())
    with pytest.raises(ContentError, match=said) as caught:
        read_acceptances(read(folder))
    assert caught.value.mistakes[0].line, "the place is named"


def test_a_register_that_cannot_be_read_is_not_passed_over(folder: Path) -> None:
    expect_sound(read(folder))
    (folder / "assets.yaml").write_text("entries: [", encoding="utf-8")
    with pytest.raises(ContentError):
        expect_sound(read(folder))
