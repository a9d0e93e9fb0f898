"""PAT-07 of packages that lie in a file, and of rpm's keys: what the check says is what dnf and rpm themselves do."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from rempart_testing import rpm
from rempart_testing.machine import Machine, TreeEngine
from rempart_testing.own_checks import own_checks

from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.targets.root import RootTarget
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected

REAL = pytest.mark.skipif(not (rpm.DNF and shutil.which("gpg")), reason="needs dnf, rpm, createrepo_c and gpg, as root")
CHECK = next(check for check in own_checks() if check.id == "PAT-07")
RHEL = 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nVERSION_ID="9.4"\n'
pytestmark = REAL


def _key(top: Path, name: str) -> Path:
    """Make a key, and return the file that holds its public half."""
    home = top / name
    home.mkdir(mode=0o700)
    environment = {**os.environ, "GNUPGHOME": str(home)}
    gpg = ("gpg", "--batch", "--quiet", "--homedir", str(home))
    made = (*gpg, "--passphrase", "", "--quick-gen-key", f"{name}@x.example", "rsa2048", "sign", "never")
    subprocess.run(made, check=True, capture_output=True, env=environment)
    path = top / f"{name}.asc"
    path.write_text(rpm.run(*gpg, "--armor", "--export"))
    rpm.run("gpgconf", "--homedir", str(home), "--kill", "gpg-agent")
    return path


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an unsigned package, an empty repository and two keys."""
    top = tmp_path_factory.mktemp("local")
    rpm.build(top, "lone-1-1")
    rpm.make_repository(top / "repo", [])
    _key(top, "vendor")
    _key(top, "other")
    return top


def _root(tmp_path: Path, top: Path, line: str) -> Path:
    """Lay out a RHEL whose dnf.conf holds the lines, with the key of a vendor imported by rpm."""
    machine = Machine(tmp_path / "root")
    machine.file("/etc/os-release", RHEL)
    machine.file("/usr/bin/dnf")
    machine.file("/etc/dnf/dnf.conf", f"[main]\ngpgcheck=1\n{line}\n")
    machine.file("/etc/yum.repos.d/b.repo", f"[base]\nname=base\nbaseurl=file://{top}/repo\ngpgcheck=1\n")
    rpm.run("rpm", "--root", str(machine.root), "--dbpath", "/var/lib/rpm", "--import", str(top / "vendor.asc"))
    return machine.root


def _judge(root: Path, **parameters: object) -> Result:
    defaults = {name: parameter.default for name, parameter in CHECK.parameters.items()}
    selected = Selected(CHECK, CHECK.severity, {**defaults, **parameters})  # type: ignore[arg-type]
    with closing(TreeEngine(RootTarget(str(root)))) as engine:
        return examine(selected, engine, Circumstances("linux", "image", privileged=True))


def _rows(result: Result) -> dict[str, int]:
    assert result.evidence is not None
    return {str(row["item"]): int(str(row["ok"])) for row in result.evidence.rows}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "localpkg_gpgcheck=1",
        "localpkg_gpgcheck = ON",
        'localpkg_gpgcheck="yes"',
        "localpkg_gpgcheck=0",
        "localpkg_gpgcheck=1\nlocalpkg_gpgcheck=0",
        "localpkg_gpgcheck=0\nlocalpkg_gpgcheck=1",
        "localpkg_gpgcheck=1\nlocalpkg_gpgcheck=perhaps",
        "localpkg_gpgcheck=2",
        "localpkg_gpgcheck=1 # always",
        "LOCALPKG_GPGCHECK=1",
        "localpkg_gpgcheck=",
    ],
)
def test_dnf_refuses_an_unsigned_package_where_the_check_says_so(tmp_path: Path, top: Path, line: str) -> None:
    root = _root(tmp_path, top, line)
    told = _rows(_judge(root, local_packages=1))["packages that lie in a file"]
    package = top / "build/RPMS/noarch/lone-1-1.noarch.rpm"
    words = ("dnf", "-y", f"--installroot={root}", "--releasever=9", "-c", f"{root}/etc/dnf/dnf.conf", "install")
    done = subprocess.run([*words, str(package)], capture_output=True, text=True, check=False)
    refused = done.returncode != 0
    assert ("is not signed" in done.stderr + done.stdout) == refused, done.stdout[-500:] + done.stderr[-500:]
    assert told == int(refused)


def test_a_key_is_there_where_rpm_lists_it(tmp_path: Path, top: Path) -> None:
    root = _root(tmp_path, top, "")
    listed = rpm.run("rpm", "--root", str(root), "--dbpath", "/var/lib/rpm", "-q", "gpg-pubkey").split()
    assert len(listed) == 1
    mine = listed[0].removeprefix("gpg-pubkey-")
    number, made = mine.split("-")
    wanted = [["mine", "rhel", mine], ["later", "rhel", f"{number}-{int(made, 16) + 1:08x}"], ["deb", "debian", mine]]
    told = _rows(_judge(root, keys=wanted))
    assert {item: ok for item, ok in told.items() if item.startswith("key")} == {"key mine": 1, "key later": 0}
    other = _judge(root, keys=[["mine", "rocky", mine]])
    assert other.state.value == "error"
    assert "no key is named for this system, rhel" in other.reason.en
