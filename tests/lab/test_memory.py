"""The example inventory pointed at the lab, audited twice, with a defect introduced in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.fleet_lab import Audit, FleetLab

pytestmark = pytest.mark.lab

EXAMPLE = Path(__file__).parents[2] / "inventory"
PLACES = {
    "pbx1.example.org": "sound",
    "files1.example.org": "accounts",
    "agent01.example.org": "open",
    "agent02.example.org": "full",
    "agent03.example.org": "strict",
}
WORSE, SILENT = "pbx1.example.org", "agent03.example.org"


@pytest.fixture(scope="module")
def inventory(lab: FleetLab) -> tuple[str, ...]:
    return (*lab.point(EXAMPLE, PLACES), "-l", "all:!here", "--store", "--sign")


@pytest.fixture(scope="module")
def first(lab: FleetLab, inventory: tuple[str, ...]) -> Audit:
    """Audit all."""
    return lab.finish(lab.begin(*lab.words("day-1"), *inventory), "day-1")


@pytest.fixture(scope="module")
def second(lab: FleetLab, first: Audit, inventory: tuple[str, ...]) -> Iterator[Audit]:
    """Open the firewall of a sound machine, and audit all again."""
    assert first.runs
    machine = lab.machines[PLACES[WORSE]]
    machine.run("nft flush ruleset")
    yield lab.finish(lab.begin(*lab.words("day-2"), *inventory), "day-2")
    machine.run("nft -f /etc/nftables.conf")


def test_all_hosts_of_the_example_are_audited_by_its_profiles(first: Audit) -> None:
    assert set(first.runs) == set(PLACES)
    said = {name: (run["role"], run["profile"]) for name, run in first.runs.items()}
    assert said[WORSE] == ("server", "call-centre-server")
    assert said["agent01.example.org"] == ("workstation", "call-centre-workstation")
    assert first.runs[SILENT]["not_checked"]["failure"] == "silent"


def test_drift_names_the_defect_and_nothing_else(lab: FleetLab, second: Audit) -> None:
    assert second.runs
    done = lab.run("drift", "--json")
    assert done.returncode == 1
    changes = json.loads(done.stdout)["changes"]
    assert {(change["host"], change["check"]) for change in changes if change["regression"]} == {(WORSE, "FWL-01")}
    assert {change["host"] for change in changes} == {WORSE}
    said = lab.run("drift").stdout
    assert f"{WORSE}  critical  FWL-01  pass → fail" in said


def test_the_second_junit_fails_on_the_defect(first: Audit, second: Audit) -> None:
    assert "FWL-01" not in first.failures(WORSE)
    assert second.failures(WORSE) == {*first.failures(WORSE), "FWL-01"}
    assert second.failures("agent01.example.org") == first.failures("agent01.example.org") != set()


def test_the_fleet_of_the_first_run_is_shown(lab: FleetLab, first: Audit, second: Audit) -> None:
    assert second.runs
    before, now = _fleet(lab, "--at", "1"), _fleet(lab)
    assert set(before) == set(now) == set(first.runs)
    assert now[WORSE]["open"]["critical"] == before[WORSE]["open"]["critical"] + 1
    assert {name: host["open"] for name, host in before.items() if name != WORSE} == {
        name: host["open"] for name, host in now.items() if name != WORSE
    }
    assert {name for name, host in before.items() if host["silent"]} == {SILENT}


def _fleet(lab: FleetLab, *words: str) -> dict[str, Any]:
    done = lab.run("fleet", "--json", *words)
    assert done.returncode == 0, done.stderr
    return {host["name"]: host for host in map(json.loads, done.stdout.splitlines())}


def test_a_bundle_is_proven_and_a_changed_byte_is_found(lab: FleetLab, second: Audit, tmp_path: Path) -> None:
    assert second.runs
    bundle = tmp_path / "runs.bundle"
    exported = lab.run("export", "--out", str(bundle))
    assert exported.returncode == 0
    key = exported.stdout.rpartition("key ")[2].strip()
    assert lab.run("verify", str(bundle)).stdout.startswith("NOT PROVEN")  # by no key that was given
    held = lab.run("verify", str(bundle), "--key", key)
    assert held.returncode == 0
    assert held.stdout.startswith("INTACT")
    data = bytearray(bundle.read_bytes())
    at = data.index(b"toor")  # in the evidence of a finding
    data[at] ^= 1
    bundle.write_bytes(data)
    broken = lab.run("verify", str(bundle), "--key", key)
    assert broken.returncode == 1
    assert broken.stdout.startswith("BROKEN: link ")
