"""A plan comes back as it was written, and one that somebody has touched is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.signed import spoiled

from rempart_controller.remediation.records.plan import (
    FixPlan,
    LeftOut,
    PlannedFix,
    PlannedHost,
    Step,
    read_plan,
    write_plan,
)
from rempart_controller.remediation.records.signed_file import write_sealed
from rempart_core.error import UsageError
from rempart_core.signing.key import Key, load_key

FIX = PlannedFix(
    check="RMT-01",
    role="remote_access",
    title=("root cannot log in over SSH", "root ne se connecte pas par SSH"),
    severity="high",
    disruption="lockout",
    facts="00",
    items=("PermitRootLogin",),
    parameters={"root_login_ok": ["no", "{{ lookup('pipe', 'id') }}"], "n": 3, "none": None},
    steps=(Step("RMT-01 | Refuse", "changed", "", ("+PermitRootLogin no",)),),
)
PLAN = FixPlan(
    id="p-1",
    created="2026-11-25T13:00:00Z",
    author="ann@desk",
    inventories=("/etc/inventory",),
    content="",
    hosts=(
        PlannedHost(
            "web",
            "servers",
            "linux",
            "Debian",
            fixes=(FIX,),
            left=(LeftOut("DSK-01", ("a", "b"), "critical", "manual", ("c", "d")),),
            unjudged=("PAT-01",),
        ),
    ),
)


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


def test_a_plan_comes_back_as_it_was(tmp_path: Path, key: Key) -> None:
    path = tmp_path / "plan.json"
    write_plan(str(path), PLAN, key)
    assert read_plan(str(path), key) == PLAN
    assert path.stat().st_mode & 0o077 == 0


def test_a_plan_that_was_touched_is_refused(tmp_path: Path, key: Key) -> None:
    path = tmp_path / "plan.json"
    write_plan(str(path), PLAN, key)
    path.write_bytes(spoiled(path.read_bytes(), b'"role":"remote_access"', b'"role":"../../../tmp/evil"'))
    with pytest.raises(UsageError, match="changed after it was signed"):
        read_plan(str(path), key)


def test_a_plan_of_another_key_is_refused(tmp_path: Path, key: Key) -> None:
    path = tmp_path / "plan.json"
    write_plan(str(path), PLAN, load_key(str(tmp_path / "other.pem")))
    with pytest.raises(UsageError, match="signed with another key"):
        read_plan(str(path), key)


def test_another_sealed_file_is_no_plan(tmp_path: Path, key: Key) -> None:
    path = tmp_path / "plan.json"
    write_sealed(str(path), "rempart.change/1", {}, key)
    with pytest.raises(UsageError, match=r"expected rempart\.plan/2"):
        read_plan(str(path), key)


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense", '{"schema": 1}', "[" * 100_000])
def test_nonsense_is_refused(tmp_path: Path, key: Key, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"not a rempart\.plan file of Rempart"):
        read_plan(str(path), key)
