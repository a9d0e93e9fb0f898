"""``rempart apply`` and ``rollback`` as processes, on this machine: fixes that share a file, one of which is undone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.fixing_here import CHECKS, FixingHere

MAIN = b"# the owner's\r\n"


@pytest.fixture
def here(tmp_path: Path) -> FixingHere:
    return FixingHere(tmp_path)


def fix(here: FixingHere, *checks: str) -> None:
    planned = here.plan(*checks)
    assert planned.returncode == 1, planned.stdout + planned.stderr
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def all_fixed(tmp_path_factory: pytest.TempPathFactory) -> FixingHere:
    here = FixingHere(tmp_path_factory.mktemp("fixed"))
    fix(here, *CHECKS)
    here.keep()
    return here


@pytest.fixture
def fixed(all_fixed: FixingHere) -> FixingHere:
    """Return a host on which all was fixed, once for all that begin with it."""
    return all_fixed.restore()


def test_one_check_is_undone_and_the_other_still_passes(fixed: FixingHere) -> None:
    here = fixed
    mended = here.stand()
    assert mended["main"] != MAIN
    change = here.last_change()
    done = here.run("rollback", change, "--yes", "--checks", "ZZZ-01", *here.own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"ZZZ-02 stays, and was applied again: it shares {here.etc}/main" in done.stdout
    assert "ZZZ-03" not in done.stdout
    assert "fail            ZZZ-01" in done.stdout
    assert "pass            ZZZ-02" in done.stdout
    assert here.stand() == {name: data for name, data in mended.items() if name != "zzz-01"}
    listed = here.run("rollback").stdout
    assert "1 rolled back" in listed
    assert "not rolled back" in listed

    # The rest later: what the first undo did is no change by somebody else.
    done = here.run("rollback", change, "--yes", *here.own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert here.stand() == {"main": MAIN}
    assert " · rolled back" in here.run("rollback").stdout


def test_a_bad_fix_in_the_middle_takes_nothing_from_the_others(here: FixingHere) -> None:
    here.poison("ZZZ-01", "test", "-e", "/nonexistent")
    assert here.plan(*CHECKS).returncode == 1
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ROLLED BACK\n  ZZZ-01  the fix failed" in done.stdout
    assert "1 rolled back, 2 fixed" in done.stdout
    stands = here.stand()
    assert set(stands) == {"main", "zzz-02", "zzz-03"}
    assert stands["main"] != MAIN
    undone = here.run("rollback", here.last_change(), "--yes", *here.own)
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert here.stand() == {"main": MAIN}


def test_ansible_alone_undoes_a_part_too_and_keeps_the_rest(fixed: FixingHere) -> None:
    here = fixed
    mended = here.stand()
    change = here.last_change()
    done = here.run_ansible("rollback.yml", rempart_change=change, rempart_checks=["ZZZ-01"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert here.stand() == {name: data for name, data in mended.items() if name != "zzz-01"}
    data = json.loads(here.run("changes", "-i", here.inventory, *here.own, "--json").stdout)
    found = data["hosts"]["here"]["changes"][change]
    assert (found["state"], found["checks"]) == ("kept", ["ZZZ-02", "ZZZ-03"])
    assert not (here.folder / "saved/lock").exists()


def test_what_a_fix_asked_for_is_done_whatever_failed_and_a_reload_that_fails_is_a_failed_fix(
    here: FixingHere,
) -> None:
    """ZZZ-01 asks for a reload that works, ZZZ-03 for one that does not, ZZZ-02 fails: the first alone is kept."""
    handlers = here.tasks.parents[1] / "handlers"
    handlers.mkdir()
    reloads = [
        {"name": "Reload", "ansible.builtin.command": {"argv": ["touch", str(here.folder / "reloaded")]}},
        {"name": "Break", "ansible.builtin.command": {"argv": ["test", "-e", "/nonexistent"]}},
    ]
    (handlers / "main.yml").write_text(json.dumps([{**one, "changed_when": True} for one in reloads]))
    for check, handler in (("ZZZ-01", "Reload"), ("ZZZ-03", "Break")):
        path = here.tasks / f"{check.lower()}.yml"
        tasks = json.loads(path.read_text(encoding="utf-8"))
        tasks[0] |= {"notify": handler, "vars": {"rempart_together": False}}
        path.write_text(json.dumps(tasks), encoding="utf-8")
    here.poison("ZZZ-02", "test", "-e", "/nonexistent")
    assert here.plan(*CHECKS).returncode == 1
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (here.folder / "reloaded").exists()
    assert "ROLLED BACK\n  ZZZ-02  the fix failed" in done.stdout
    assert "  ZZZ-03  the fix failed: Break" in done.stdout
    assert "2 rolled back, 1 fixed" in done.stdout
    assert set(here.stand()) == {"main", "zzz-01"}
