"""A change by the endpoint's own record: listed, foreseen, undone and resumed by a controller that did not make it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from rempart_testing.fixing_here import FixingHere


@pytest.fixture
def here(tmp_path: Path) -> FixingHere:
    return FixingHere(tmp_path)


def forget(here: FixingHere) -> None:
    """Be another controller."""
    shutil.rmtree(here.folder / "home/data/rempart/changes")


def test_a_change_is_listed_foreseen_and_undone_by_another_controller(here: FixingHere) -> None:
    assert here.plan("ZZZ-01", "ZZZ-03").returncode == 1
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 0, done.stdout + done.stderr
    change = here.last_change()
    forget(here)

    listed = here.run("changes", "-i", here.inventory, *here.own)
    assert listed.returncode == 0, listed.stderr
    assert f"here  {change}  kept · by " in listed.stdout
    assert "ZZZ-01, ZZZ-03" in listed.stdout
    data = json.loads(here.run("changes", "-i", here.inventory, *here.own, "--json").stdout)
    assert data["hosts"]["here"]["changes"][change]["checks"] == ["ZZZ-01", "ZZZ-03"]

    stands = here.stand()
    foreseen = here.run("rollback", change, "--dry-run", *here.elsewhere)
    assert foreseen.returncode == 0, foreseen.stdout + foreseen.stderr
    assert f"here  ZZZ-01  back              {here.etc}/zzz-01" in foreseen.stdout
    assert f"here  ZZZ-03  back              {here.etc}/zzz-03" in foreseen.stdout
    assert here.stand() == stands

    # Somebody edits what a fix has written: that stays, and is named.
    (here.etc / "zzz-01").write_text("theirs\n")
    foreseen = here.run("rollback", change, "--dry-run", *here.elsewhere)
    assert foreseen.returncode == 1
    assert f"here  ZZZ-01  moved since       {here.etc}/zzz-01" in foreseen.stdout
    undone = here.run("rollback", change, "--yes", *here.elsewhere)
    assert undone.returncode == 1, undone.stdout + undone.stderr
    assert "changed since by another, and left" in undone.stdout
    assert here.stand()["zzz-01"] == b"theirs\n"
    assert "zzz-03" not in here.stand()
    assert "rolled back" in here.run("changes", "-i", here.inventory, *here.own).stdout


def test_a_change_whose_controller_died_is_resumed_or_undone_by_another(here: FixingHere) -> None:
    here.write_fix("ZZZ-01", alone=True)
    here.poison(
        "ZZZ-03", "sh", "-c", f"touch {here.folder}/started; until test -e {here.folder}/go; do sleep 0.1; done"
    )
    assert here.plan("ZZZ-01", "ZZZ-03").returncode == 1
    process = here.begin("apply", "plan.json", "--yes", *here.own)
    here.await_file("started", process)
    process.kill()
    process.communicate()
    (here.folder / "go").touch()
    change = here.last_change()
    forget(here)
    assert f"{change}  open" in here.run("changes", "-i", here.inventory, *here.own).stdout
    resumed = here.run("apply", "--resume", change, "--yes", *here.elsewhere)
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert "here  kept" in resumed.stdout
    assert "rolled back" not in resumed.stdout
    undone = here.run("rollback", change, "--yes", *here.elsewhere)
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert "zzz-01" not in here.stand()


def test_what_got_worse_by_a_resumed_change_is_undone_as_after_any_other(here: FixingHere) -> None:
    """What the audit before the change found lies on the endpoint: a controller that never saw it judges by it."""
    here.write_fix("ZZZ-01", alone=True, harms="ZZZ-03")
    (here.etc / "zzz-03").write_text("there already\n")
    here.poison(
        "ZZZ-01", "sh", "-c", f"touch {here.folder}/started; until test -e {here.folder}/go; do sleep 0.1; done"
    )
    before = here.stand()
    assert here.plan("ZZZ-01").returncode == 1
    process = here.begin("apply", "plan.json", "--yes", *here.own)
    here.await_file("started", process)
    process.kill()
    process.communicate()
    (here.folder / "go").touch()
    change = here.last_change()
    forget(here)
    assert here.stand() != before
    resumed = here.run("apply", "--resume", change, "--yes", *here.elsewhere)
    assert resumed.returncode == 1, resumed.stdout + resumed.stderr
    assert "made worse: ZZZ-03" in resumed.stdout, resumed.stdout
    assert here.stand() == before
    assert f"{change}  rolled back" in here.run("changes", "-i", here.inventory, *here.own).stdout
