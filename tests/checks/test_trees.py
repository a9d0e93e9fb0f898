"""What the checks say of whole machines: with everything right, with everything wrong, and with nothing to be seen.

The trees (``rempart_testing.tree``) hold what the checks of the five domains, accounts, privileges, remote access and
images look at; a check that looks at more brings its part of both.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.target import RecordedTarget, lay
from rempart_testing.tree import everything_right, everything_wrong

from rempart_agent.run import Circumstances, examine, recognise
from rempart_agent.tables.contract import Denied
from rempart_agent.targets.contract import Target
from rempart_agent.targets.root import RootTarget
from rempart_core.check import Check
from rempart_core.checkfile import read_checks
from rempart_core.result import Result
from rempart_core.selection import Selected

CHECKS = {check.id: check for check in read_checks([str(Path(__file__).parents[2] / "checks")])}
IDS = (
    *("DSK-01", "DSK-02", "DSK-03", "DSK-04", "FWL-01", "FWL-02", "FWL-03", "FWL-04", "FWL-05"),
    *("AVM-01", "AVM-02", "AVM-03", "AVM-04", "AVM-05", "LCK-01", "LCK-02", "LCK-03", "LCK-04"),
    *("PAT-01", "PAT-02", "PAT-03", "PAT-04", "PAT-05", "PAT-06", "PAT-07", "PAT-08"),
    *("ACC-01", "ACC-02", "ACC-03", "ACC-04", "ACC-05", "ACC-06", "ACC-07", "ACC-08", "ACC-09", "ACC-10"),
    *("PRV-01", "PRV-02", "PRV-03", "PRV-04", "PRV-05", "RMT-01", "RMT-02", "RMT-03", "RMT-07", "RMT-08"),
    *("IMG-01", "IMG-02", "IMG-03", "IMG-04", "IMG-05"),
)
NEED_A_RUNNING_SYSTEM = frozenset(
    (
        *("DSK-01", "DSK-02", "DSK-03", "DSK-04", "FWL-01", "FWL-02", "FWL-03", "FWL-05"),
        *("AVM-01", "AVM-02", "AVM-05", "PAT-05", "PAT-08", "ACC-08", "PRV-05", "RMT-07"),
    )
)
PARAMETERS: dict[str, dict[str, Any]] = {
    "FWL-05": {"required": 1},
    "PRV-01": {"allowed_admins": ["alice"]},
    # no test may end with the support of a release
    "PAT-06": {"os_support": [["debian", 13, -1, "9999-12-31"], ["debian", 8, -1, "2020-06-30"]]},
}
Examine = Callable[[Check], Result]


def _judge(check: Check, target: Target, role: str, *, privileged: bool = True, platform: str = "linux") -> Result:
    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    selected = Selected(check, check.severity, {**defaults, **PARAMETERS.get(check.id, {})})
    circumstances = Circumstances(platform, role, privileged)
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


@pytest.mark.parametrize("check_id", IDS)
def test_states_on_whole_machines(
    check_id: str, right_machine: Machine, right_image: Machine, wrong_machine: Machine, wrong_image: Machine
) -> None:
    check = CHECKS[check_id]
    results = {
        "right machine": _judge(check, right_machine.running(), "server"),
        "right image": _judge(check, right_image.offline(), "image"),
        "wrong machine": _judge(check, wrong_machine.running(), "server"),
        "wrong image": _judge(check, wrong_image.offline(), "image"),
    }
    expected = dict.fromkeys(results, "pass")
    expected.update({"wrong machine": "fail", "wrong image": "fail"})
    if check.roles == ("image",):
        expected.update({"right machine": "not_applicable", "wrong machine": "not_applicable"})
    if check_id in NEED_A_RUNNING_SYSTEM:
        expected.update({"right image": "not_checked", "wrong image": "not_checked"})
    if check_id in {"ACC-03", "ACC-04", "ACC-05"}:  # no account of a clean image has a password
        expected["right image"] = "not_applicable"
    if check_id == "ACC-09":  # nobody has ever logged in there, so nothing tells who no longer does
        expected["wrong image"] = "error"
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
    for role in ("server", "image"):
        assert _judge(CHECKS[check_id], target, role).state.value != "pass"
    assert _judge(CHECKS[check_id], _Silent(str(tmp_path / "root"), {}), "server").state.value != "pass"


@pytest.mark.parametrize("check_id", IDS)
def test_a_name_alone_makes_no_machine(check_id: str, tmp_path: Path) -> None:
    _os_release_alone(tmp_path / "root")
    result = _judge(CHECKS[check_id], RootTarget(str(tmp_path / "root")), "image")
    assert (result.state.value == "pass") == (check_id == "PAT-06")  # which asks for the name alone


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
        assert result.state.value == ("not_applicable" if image_alone else "error"), result.reason.en


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


class _ForEverybody(RecordedTarget):
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
