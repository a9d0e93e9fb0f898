"""What the checks of patches say of whole rpm systems: Rocky, CentOS and SUSE, by the tables that they really read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from rempart_testing import rpm
from rempart_testing.machine import DAY, Machine, TreeEngine
from rempart_testing.own_checks import own_checks
from rempart_testing.repository import advisory, cached, primary, updateinfo

from rempart_agent.audit.examine import Circumstances, examine
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

CHECKS = {check.id: check for check in own_checks()}
ROCKY = 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n'
OPENSSL = ("openssl-libs", "1:3.0.7-2.el9")
OLD = updateinfo(advisory("RHSA-2026:1", OPENSSL, issued="2026-01-01", more="Important"))


def _system(tmp_path: Path, *, age: float = 400, fetched: float = 1, **repositories: dict[str, str | bytes]) -> Machine:
    """Lay out a system with an old openssl-libs.

    Args:
        tmp_path: A directory to work in.
        age: How many days ago it was installed.
        fetched: How many days ago the metadata were fetched.
        repositories: What dnf keeps of each.
    """
    machine = Machine(tmp_path / "root")
    machine.file("/etc/os-release", ROCKY)
    when = int(machine.now - age * DAY)
    tags: dict[str, str | int] = {
        "name": "openssl-libs",
        "version": "3.0.1",
        "release": "1.el9",
        "epoch": 1,
        "install_time": when,
    }
    machine.file("/var/lib/rpm/rpmdb.sqlite", rpm.database(tmp_path, tags))
    machine.file("/usr/bin/dnf")
    machine.file("/etc/yum.repos.d/all.repo", "".join(f"[{name}]\nname={name}\n" for name in repositories))
    for files in repositories.values():
        for path, text in files.items():
            machine.file(path, text, age=fetched)
    return machine


def _judge(check_id: str, machine: Machine, **parameters: int) -> Result:
    check = CHECKS[check_id]
    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    selected = Selected(check, check.severity, {**defaults, **parameters})
    with closing(TreeEngine(machine.running())) as engine:
        return examine(selected, engine, Circumstances("linux", "server", privileged=True))


def _rows(result: Result) -> Sequence[Mapping[str, object]]:
    assert result.evidence is not None
    return result.evidence.rows


def _told(result: Result) -> str:
    return f"{result.state.value}: {result.reason.en}"


def test_an_overdue_advisory_fails(tmp_path: Path) -> None:
    result = _judge("PAT-01", _system(tmp_path, baseos=cached("baseos", primary(OPENSSL), OLD)))
    assert result.state.value == "fail", _told(result)
    (row,) = [row for row in _rows(result) if row["item"] == "openssl-libs 1:3.0.1-1.el9"]
    assert (row["advisory"], row["severity"], row["origin"]) == ("RHSA-2026:1", "Important", "baseos")
    assert "waits since 2026-01-01 at the earliest" in str(row["observed"])


def test_what_has_every_security_update_passes(tmp_path: Path) -> None:
    bugfix = updateinfo(advisory("RHBA-2026:1", OPENSSL, kind="bugfix"))
    machine = _system(tmp_path, baseos=cached("baseos", primary(OPENSSL), bugfix), extras=cached("extras", primary()))
    for check_id in ("PAT-01", "PAT-03"):
        result = _judge(check_id, machine)
        assert result.state.value == "pass", _told(result)


def test_old_metadata_prove_nothing(tmp_path: Path) -> None:
    machine = _system(tmp_path, fetched=20, baseos=cached("baseos", primary(), updateinfo()))
    assert _told(_judge("PAT-01", machine)).startswith("error: could not be decided: repository baseos")
    assert _judge("PAT-03", machine).state.value == "fail"


def test_a_repository_that_was_never_fetched_is_an_error(tmp_path: Path) -> None:
    machine = _system(tmp_path, baseos=cached("baseos", primary(), updateinfo()), extras={})
    assert _told(_judge("PAT-01", machine)).startswith("error: ")
    assert "repository extras: no metadata: run dnf makecache" in _told(_judge("PAT-01", machine))
    assert _judge("PAT-03", machine).state.value == "fail"


@pytest.mark.parametrize(
    ("age", "offers", "state"), [(400, (), "pass"), (5, (OPENSSL,), "pass"), (400, (OPENSSL,), "error")]
)
def test_without_advisories_any_newer_version_may_be_a_security_update(
    tmp_path: Path, age: float, offers: tuple[tuple[str, str], ...], state: str
) -> None:
    epel = cached("epel", primary(), updateinfo(advisory("E", ("nagios", "2-1"))))
    machine = _system(tmp_path, age=age, baseos=cached("baseos", primary(*offers)), epel=epel)
    result = _judge("PAT-01", machine)
    assert result.state.value == state, _told(result)


def test_a_few_rpm_packages_beside_dpkgs_hide_nothing_and_pass_for_nothing(tmp_path: Path) -> None:
    machine = _system(tmp_path)
    machine.file("/etc/os-release", "ID=debian\nVERSION_CODENAME=trixie\n")
    status = "Package: {}\nStatus: install ok installed\nVersion: {}\nArchitecture: amd64\n\n"
    machine.file("/var/lib/dpkg/status", status.format("libc6", "1"))
    machine.file("/var/lib/dpkg/info/libc6.list", age=90)
    lists = "/var/lib/apt/lists/deb.debian.example_debian-security_dists_trixie-security_"
    machine.file(lists + "InRelease", "Suite: stable-security\nCodename: trixie-security\n", age=1)
    for version, state in (("1", "error"), ("2", "fail")):
        offer = f"Package: libc6\nVersion: {version}\nArchitecture: amd64\n"
        machine.file(lists + "main_binary-amd64_Packages", offer, age=1)
        result = _judge("PAT-01", machine)
        assert result.state.value == state, _told(result)
    assert result.incomplete
