"""What the checks say of whole machines: with everything right, with everything wrong, and with nothing to be seen.

The trees (``rempart_testing.tree``) hold what every check with a Linux block looks at; a new check brings its part of
both.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.machine import DAY, Machine, RunningTarget, TreeEngine
from rempart_testing.own_checks import own_checks
from rempart_testing.target import RecordedTarget, lay
from rempart_testing.tree import everything_right, everything_wrong

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.audit.recognise import recognise
from rempart_agent.source.contract import Denied
from rempart_agent.source.target import Target
from rempart_agent.targets.root import RootTarget
from rempart_core.model.check import Check
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECKS = {check.id: check for check in own_checks()}
IDS = tuple(sorted(name for name, check in CHECKS.items() if "linux" in check.platforms))
NEED_A_RUNNING_SYSTEM = frozenset(
    (
        *("DSK-01", "DSK-02", "DSK-03", "DSK-04", "FWL-01", "FWL-02", "FWL-03", "FWL-05"),
        *("AVM-01", "AVM-02", "AVM-05", "PAT-05", "PAT-08", "ACC-08", "PRV-05", "RMT-07"),
        *("BKP-02", "EXP-05", "IDL-03", "IDS-01", "INT-01", "INT-02", "KRN-03", "KRN-09", "LOG-03", "LOG-05", "LOG-06"),
        *("SWH-03", "TIM-02", "TLS-03", "TLS-04", "TLS-06", "USB-01"),
    )
)
# Benchmark checks of which the trees hold nothing yet; each was held against the tools of a real system instead.
WITHOUT_A_PART = frozenset(
    ("ACC-13", "ACC-15", "KRN-04", "KRN-05", "LCK-05", "MAI-01", "PRV-08", "RMT-11", "SWH-04", "SWH-05")
)
ASKS_THE_NAME_ALONE = "PAT-06"  # of the release
ASKS_ITSELF_ALONE = "AGT-02"  # the lists that come with the checks, whatever the machine


def _parameters(check_id: str, *, wrong: bool) -> dict[str, Any]:
    """Return what is asked of both machines, or of the wrong one alone, beyond the defaults.

    No test may end with the support of a release, or with the age of the lists that are shipped.
    """
    now = int(time.time())
    day = time.strftime("%Y-%m-%d", time.gmtime(now - 400 * DAY if wrong else now))
    given: dict[str, dict[str, Any]] = {
        "FWL-05": {"required": 1},
        "PRV-01": {"allowed_admins": ["alice"]},
        "PRV-10": {"accepted": ["root", "%sudo"]},
        "PAT-06": {"os_support": [["debian", 13, -1, "9999-12-31"], ["debian", 8, -1, "2020-06-30"]]},
        "AGT-01": {"require_osqueryd": int(wrong)},  # the engine is this one on both machines, and healthy
        "AGT-02": {"lists": [["os-support", day]]},
        "TIM-02": {"controller_now": now - 3600 if wrong else now},
    }
    return given.get(check_id, {})


Examine = Callable[[Check], Result]


def _judge(
    check: Check,
    target: Target,
    role: str,
    *,
    privileged: bool = True,
    platform: str = "linux",
    wrong: bool = False,
) -> Result:
    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    selected = Selected(check, check.severity, {**defaults, **_parameters(check.id, wrong=wrong)})
    circumstances = Circumstances(platform, role, privileged, walk=True)
    with closing(TreeEngine(target, privileged=privileged)) as engine:
        return examine(selected, engine, circumstances)


@pytest.fixture(scope="module")
def right_machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return a running machine with everything right."""
    return everything_right(tmp_path_factory.mktemp("right") / "root", running=True)


@pytest.fixture(scope="module")
def right_image(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return an image with everything right."""
    return everything_right(tmp_path_factory.mktemp("right") / "root", running=False)


@pytest.fixture(scope="module")
def wrong_machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return a running machine with everything wrong."""
    return everything_wrong(tmp_path_factory.mktemp("wrong") / "root", running=True)


@pytest.fixture(scope="module")
def wrong_image(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Return an image with everything wrong."""
    return everything_wrong(tmp_path_factory.mktemp("wrong") / "root", running=False)


@pytest.mark.parametrize("check_id", sorted(set(IDS) - WITHOUT_A_PART))
def test_states_on_whole_machines(
    check_id: str, right_machine: Machine, right_image: Machine, wrong_machine: Machine, wrong_image: Machine
) -> None:
    check = CHECKS[check_id]
    if check_id in {"FIL-01", "FIL-04"} and os.geteuid() != 0:
        pytest.skip("the walk sees whose the files really are, and only root gives them away")
    results = {
        "right machine": _judge(check, right_machine.running(), "server"),
        "right image": _judge(check, right_image.offline(), "image"),
        "wrong machine": _judge(check, wrong_machine.running(), "server", wrong=True),
        "wrong image": _judge(check, wrong_image.offline(), "image", wrong=True),
    }
    expected = dict.fromkeys(results, "pass")
    expected.update({"wrong machine": "fail", "wrong image": "fail"})
    if check.roles == ("image",):
        expected.update({"right machine": "not_applicable", "wrong machine": "not_applicable"})
    if check_id in NEED_A_RUNNING_SYSTEM:
        expected.update({"right image": "not_checked", "wrong image": "not_checked"})
    if check_id == "AGT-01":  # nothing answers for an image but what looks at it
        expected.update({"right image": "not_applicable", "wrong image": "not_applicable"})
    if check_id in {"ACC-03", "ACC-04", "ACC-05"}:  # no account of a clean image has a password
        expected["right image"] = "not_applicable"
    if check_id == "MNT-01":  # an image whose fstab names other file systems would not be seen whole
        expected["right image"] = "fail"
    if check_id == "ACC-09":  # nobody has ever logged in there, so nothing tells who no longer does
        expected["wrong image"] = "error"
    if check_id == "TLS-08":  # Debian has no such policy
        expected = dict.fromkeys(results, "not_applicable")
    told = {name: f"{result.state.value}: {result.reason.en}" for name, result in results.items()}
    assert {name: result.state.value for name, result in results.items()} == expected, told


def _empty(root: Path) -> None:
    root.mkdir()


def _empty_etc(root: Path) -> None:
    (root / "etc").mkdir(parents=True)


def _os_release_alone(root: Path) -> None:
    root.mkdir()
    lay(root, {"/etc/os-release": "NAME=Debian\nID=debian\nVERSION_ID=13\n"})


@pytest.mark.parametrize("make", [_empty, _empty_etc])
@pytest.mark.parametrize("check_id", IDS)
def test_nothing_passes_where_there_is_nothing(check_id: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "root")
    target = RootTarget(str(tmp_path / "root"))
    assert recognise(TreeEngine(target)) == ("", "")
    result = _judge(CHECKS[check_id], target, "image", platform="")
    assert (result.state.value, result.failure) == ("not_checked", "no_system")
    # even if somebody says that it is one
    silent = _Silent(str(tmp_path / "root"), {})
    for place, role in ((target, "server"), (target, "image"), (silent, "server")):
        assert (_judge(CHECKS[check_id], place, role).state.value == "pass") == (check_id == ASKS_ITSELF_ALONE)


@pytest.mark.parametrize("check_id", IDS)
def test_a_name_alone_makes_no_machine(check_id: str, tmp_path: Path) -> None:
    _os_release_alone(tmp_path / "root")
    result = _judge(CHECKS[check_id], RootTarget(str(tmp_path / "root")), "image")
    assert (result.state.value == "pass") == (check_id in {ASKS_THE_NAME_ALONE, ASKS_ITSELF_ALONE})


class _Silent(RecordedTarget):
    """A machine whose kernel and programs tell nothing."""

    def ask(self, source: str, question: Callable[[], Any]) -> Any:
        raise Denied(f"{source}: may not be asked")

    def run(self, command: Any, timeout: float = 10.0) -> bytes:
        raise Denied(f"{command[0]}: may not be run")


class _Shut(RootTarget):
    """A running machine on which nothing may be read."""

    live = True

    def host(self, path: str, follow: bool = True) -> str:
        raise Denied(f"{path}: may not be read")

    def realpath(self, path: str) -> str:
        raise Denied(f"{path}: may not be read")

    def ask(self, source: str, question: Callable[[], Any]) -> Any:
        raise Denied(f"{source}: may not be asked")

    def run(self, command: Any, timeout: float = 10.0) -> bytes:
        raise Denied(f"{command[0]}: may not be run")


@pytest.mark.parametrize("check_id", IDS)
def test_nothing_passes_where_nothing_may_be_read(check_id: str, right_machine: Machine) -> None:
    for role in ("server", "image"):
        result = _judge(CHECKS[check_id], _Shut(str(right_machine.root)), role)
        image_alone = CHECKS[check_id].roles == ("image",) and role == "server"
        expected = "not_applicable" if image_alone else "pass" if check_id == ASKS_ITSELF_ALONE else "error"
        assert result.state.value == expected, result.reason.en


@pytest.mark.parametrize("check_id", IDS)
def test_without_root_only_what_everybody_may_read_is_judged(check_id: str, right_machine: Machine) -> None:
    check = CHECKS[check_id]
    result = _judge(check, right_machine.running(), "workstation", privileged=False)
    if check.roles == ("image",):
        assert result.state.value == "not_applicable"
    elif check.platforms["linux"].privilege == "root":
        assert (result.state.value, result.failure) == ("not_checked", "privilege")
    else:
        assert result.state.value == "pass"
        reader = _ForEverybody(str(right_machine.root), right_machine.answers)
        assert _judge(check, reader, "workstation", privileged=False).state.value == "pass"


class _ForEverybody(RunningTarget):
    """A running machine as a user without rights sees it: by the permissions that everybody has."""

    def host(self, path: str, follow: bool = True) -> str:
        where = super().host(path, follow)
        below = Path(where).relative_to(self.root)
        for parent in list(below.parents)[:-1]:
            if not (Path(self.root) / parent).stat().st_mode & 0o001:
                raise Denied(f"{path}: may not be entered")
        return where

    def read_head(self, path: str, size: int) -> bytes:
        if not self.stat(path).st_mode & 0o004:
            raise Denied(f"{path}: may not be read")
        return super().read_head(path, size)

    def listdir(self, path: str) -> list[str]:
        if not self.stat(path).st_mode & 0o004:
            raise Denied(f"{path}: may not be listed")
        return super().listdir(path)

    def ask(self, source: str, question: Callable[[], Any]) -> Any:
        if source != "systemd_units":  # the bus answers everybody
            raise Denied(f"{source}: may not be asked")
        return super().ask(source, question)
