"""A host in trouble: each fix that can't be done says the cause and leaves nothing; the others go on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from rempart_testing.fixing_here import CHECKS, FixingHere

MAIN = b"# the owner's\r\n"


def mark(path: Path, sign: str) -> bool:
    """Make a file immutable, or not; tells whether that can be done here."""
    done = subprocess.run(["chattr", f"{sign}i", str(path)], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("chattr") is None, reason="needs root and chattr")
def test_an_immutable_file_costs_only_the_fixes_that_edit_it(tmp_path: Path) -> None:
    here = FixingHere(tmp_path)
    here.poison("ZZZ-03", "sh", "-c", f"echo >> {here.folder}/runs")
    if not mark(here.etc / "main", "+"):
        pytest.skip("this file system knows no immutable files")
    try:
        assert here.plan(*CHECKS).returncode == 1
        done = here.run("apply", "plan.json", "--yes", *here.own)
    finally:
        mark(here.etc / "main", "-")
    assert done.returncode == 1, done.stdout + done.stderr
    assert here.stand() == {"main": MAIN, "zzz-03": b"ZZZ-03\n"}, done.stdout + done.stderr
    assert "2 rolled back, 1 fixed" in done.stdout
    assert "main" in done.stdout.partition("ZZZ-01")[2], "the cause is named"
    assert (here.folder / "runs").read_text().count("\n") == 1  # those that failed cost the others no second run


def test_a_host_that_can_record_nothing_is_left_as_it_was_and_says_why(tmp_path: Path) -> None:
    here = FixingHere(tmp_path)
    (here.folder / "saved").write_text("in the way")  # as a disk that takes nothing: no folder can be made
    assert here.plan(*CHECKS).returncode == 1
    done = here.run("apply", "plan.json", "--yes", *here.own)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 not applied" in done.stdout
    assert str(here.folder / "saved") in done.stdout
    assert here.stand() == {"main": MAIN}


def test_what_can_not_be_fixed_here_is_left_to_people_and_costs_the_apply_nothing(tmp_path: Path) -> None:
    """A fix that would change nothing stays a finding, and neither the exit status nor --max-fail goes by it."""
    here = FixingHere(tmp_path)
    (here.tasks / "zzz-03.yml").write_text("[]")
    planned = here.plan(*CHECKS)
    assert planned.returncode == 1, planned.stdout + planned.stderr
    assert "nothing" in planned.stdout.partition("ZZZ-03")[2], planned.stdout
    done = here.run("apply", "plan.json", "--yes", "--max-fail", "0", *here.own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(here.stand()) == {"main", "zzz-01", "zzz-02"}
    assert "2 fixed" in done.stdout
