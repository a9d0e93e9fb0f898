"""What each profile that comes with Rempart selects: it changes on purpose only.

The golden lists lie in ``golden/profiles/<profile>.txt``: a line a check, its severity in force, the values that the
profile sets, and what it leaves out.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from rempart_testing.own_checks import own_checks

from rempart_core.content.profilefile import read_profiles
from rempart_core.model.profile import Profile
from rempart_core.model.selection import select

DIRECTORY = str(Path(__file__).parents[2] / "checks")
GOLDEN = Path(__file__).parent / "golden/profiles"
UPDATE = "REMPART_UPDATE_GOLDEN=1 .venv/bin/python -m pytest -q tests/checks/test_profiles.py"
CHECKS = own_checks()
PROFILES = {profile.name: profile for profile in read_profiles([DIRECTORY], CHECKS)}


def describe(profile: Profile) -> str:
    """Return the golden list of a profile."""
    selected, excluded = select(CHECKS, profile, "organisation" if profile.name == "organisation" else "linux")
    lines = {one.check: f"{one.check} left out" for one in excluded}
    for one in selected:
        defaults = {name: parameter.default for name, parameter in one.check.parameters.items()}
        values = {name: value for name, value in one.parameters.items() if value != defaults[name]}
        told = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
        lines[one.check.id] = " ".join([one.check.id, one.severity.value, *told])
    return "".join(f"{lines[id_]}\n" for id_ in sorted(lines))


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_selects_what_its_golden_list_says(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    found = describe(PROFILES[name])
    if os.environ.get("REMPART_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    expected = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    new = [line for line in found.splitlines() if line not in expected]
    gone = [line for line in expected if line not in found.splitlines()]
    assert (new, gone) == ([], []), f"the profile {name} has changed; if that is meant: {UPDATE}, and commit the lists"


def test_there_is_no_list_of_a_profile_that_is_gone() -> None:
    if os.environ.get("REMPART_UPDATE_GOLDEN"):
        for path in GOLDEN.glob("*.txt"):
            if path.stem not in PROFILES:
                path.unlink()
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(PROFILES)


def test_every_check_is_asked_by_the_profile_of_a_role() -> None:
    """A check that only ``all`` takes is one that nobody runs."""
    roles = {"workstation": "", "server": "", "image": "", "organisation": "organisation"}
    taken = {one.check.id for role, asked in roles.items() for one in select(CHECKS, PROFILES[role], asked)[0]}
    base = {check.id for check in CHECKS if not check.replaced_by and check.level != "benchmark"}
    assert base - taken == set()


def test_those_who_extend_a_role_ask_no_less_than_it() -> None:
    for child, parent in (("call-centre-workstation", "workstation"), ("call-centre-server", "server")):
        theirs = {one.check.id for one in select(CHECKS, PROFILES[parent], "linux")[0]}
        assert theirs <= {one.check.id for one in select(CHECKS, PROFILES[child], "linux")[0]}
