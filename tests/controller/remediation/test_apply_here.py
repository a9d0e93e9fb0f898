"""``rempart apply`` as a process, on this machine: what it refuses, and what a fix may open."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rempart_testing.fixing_here import FixingHere

from rempart_controller.remediation.records.plan import SCHEMA
from rempart_controller.remediation.records.signed_file import read_sealed, write_sealed
from rempart_core.signing.key import load_key


@pytest.fixture
def here(tmp_path: Path) -> FixingHere:
    return FixingHere(tmp_path)


@pytest.fixture(scope="module")
def one_plan(tmp_path_factory: pytest.TempPathFactory) -> FixingHere:
    here = FixingHere(tmp_path_factory.mktemp("planned"))
    assert here.plan("ZZZ-03").returncode == 1
    here.keep()
    return here


@pytest.fixture
def planned(one_plan: FixingHere) -> FixingHere:
    """Return a host for which a plan was made, once for all that begin with it."""
    return one_plan.restore()


def test_a_plan_that_is_too_old_or_of_the_future_changes_nothing(planned: FixingHere) -> None:
    """The command itself asks, however its plan was made: one of each age, signed with the user's own key."""
    here = planned
    before = here.stand()
    path = str(here.folder / "plan.json")
    key = load_key(str(here.folder / "home/data/rempart/signing-key.pem"), create=False)
    body = read_sealed(path, SCHEMA, key)
    for hours, said in ((-2, "the plan is 2 h old"), (2, "in the future: a clock is wrong")):
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 * hours))
        write_sealed(path, SCHEMA, {**body, "created": created}, key)
        done = here.run("apply", "plan.json", "--yes", "--max-age", "1", *here.own)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert here.stand() == before


def test_a_plan_is_stale_when_the_playbooks_are_others(planned: FixingHere) -> None:
    """What was shown in check mode is not what would run."""
    here = planned
    before = here.stand()
    here.poison("ZZZ-03", "touch", str(here.etc / "unseen"))
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 2
    assert "the plan is outdated: the playbooks have changed since it was made" in done.stderr
    assert here.stand() == before


def test_what_a_fix_is_known_to_open_may_get_worse(here: FixingHere) -> None:
    """What fixes.yml says reaches who judges the hosts; what is not known there: test_judging.py."""
    (here.etc / "zzz-03").write_text("here already")
    here.poison("ZZZ-01", "rm", str(here.etc / "zzz-03"))
    fixes = here.tasks.parents[1] / "fixes.yml"
    said = json.loads(fixes.read_text(encoding="utf-8"))
    said["ZZZ-01"]["linux"]["opens"] = ["ZZZ-03"]
    fixes.write_text(json.dumps(said), encoding="utf-8")
    assert here.plan("ZZZ-01").returncode == 1
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(here.stand()) == {"main", "zzz-01"}


def test_a_host_that_is_not_as_it_was_found_or_may_not_be_changed_now_is_left_alone(planned: FixingHere) -> None:
    here = planned
    before = here.stand()
    inventory = here.folder / "hosts.json"
    hosts = json.loads(inventory.read_text(encoding="utf-8"))
    far = (datetime.now(UTC) + timedelta(days=3)).strftime("%a")
    hosts["all"]["hosts"]["here"]["rempart_window"] = f"{far} 10:00-11:00"
    inventory.write_text(json.dumps(hosts), encoding="utf-8")
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert (done.returncode, f"it may only be changed {far} 10:00-11:00" in done.stderr) == (1, True), done.stderr
    assert here.stand() == before

    (here.etc / "zzz-03").write_text("somebody's own")
    before = here.stand()
    done = here.run("apply", "plan.json", "--yes", "--ignore-window", *here.own)
    assert (done.returncode, "the plan is outdated" in done.stderr) == (2, True), done.stderr
    assert here.stand() == before
