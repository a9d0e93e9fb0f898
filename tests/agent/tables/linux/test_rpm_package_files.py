"""Table rpm_package_files: the files of packages of rpm, of a database that rpm itself wrote."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.rpm import RPM, run

from rempart_agent.formats import rpm_header
from rempart_agent.readers.packages import rpm_database
from rempart_agent.source.contract import Constraint, Malformed, Query
from rempart_agent.tables.linux import rpm_package_files
from rempart_agent.targets.root import RootTarget

SPEC = """Name: tool
Version: 1
Release: 1
Summary: x
License: MIT
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc/tool.d
echo hello >%{buildroot}/usr/bin/tool; ln -s tool %{buildroot}/usr/bin/alias
echo x >%{buildroot}/etc/tool.conf
%files
%attr(4755,root,root) /usr/bin/tool
/usr/bin/alias
%dir %attr(0750,daemon,adm) /etc/tool.d
%config %attr(0600,bin,mail) /etc/tool.conf
%ghost /etc/tool.state
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> RootTarget:
    if not RPM:
        pytest.skip("rpm or rpmbuild is not installed")
    top = tmp_path_factory.mktemp("rpm")
    (top / "tool.spec").write_text(SPEC)
    run("rpmbuild", "-bb", "--define", f"_topdir {top}/top", str(top / "tool.spec"))
    (package,) = top.rglob("*.rpm")
    database = top / "root/var/lib/rpm"
    database.mkdir(parents=True)
    run("rpm", "--dbpath", str(database), "--justdb", "--nodeps", "--noscripts", "-i", str(package))
    for folder in (*database.parents[: len(database.parts) - 2], database):
        if folder.stat().st_uid == top.stat().st_uid and str(folder).startswith(str(top.parent)):
            folder.chmod(0o755)  # osquery reads as nobody
    return RootTarget(str(top / "root"))


def test_a_file_is_a_row_as_rpm_installed_it(target: RootTarget) -> None:
    query = Query(frozenset(), (Constraint("package", "=", ("tool",)),))
    found = {row["path"]: dict(row) for row in rpm_package_files.rows(target, query)}
    assert found["/usr/bin/tool"] == {
        "package": "tool",
        "path": "/usr/bin/tool",
        "username": "root",
        "groupname": "root",
        "mode": "4755",
        "size": 6,
        "sha256": hashlib.sha256(b"hello\n").hexdigest(),
    }
    assert (found["/etc/tool.d"]["mode"], found["/etc/tool.d"]["sha256"]) == ("0750", "")
    assert (found["/etc/tool.conf"]["username"], found["/etc/tool.conf"]["groupname"]) == ("bin", "mail")
    none = Query(frozenset(), (Constraint("package", "=", ("tool-1",)),))
    assert list(rpm_package_files.rows(target, none)) == []


@BOUND
@pytest.mark.parametrize(
    "more", ["", " WHERE package = 'tool'", " WHERE package = 'x'", " WHERE path = '/usr/bin/alias'"]
)
def test_osquery_says_the_same(target: RootTarget, more: str) -> None:
    sql = "SELECT * FROM rpm_package_files" + more
    theirs = ask(sql, {"/var/lib/rpm": Path(target.root) / "var/lib/rpm"})
    for row in theirs:
        row["sha256"] = row["sha256"] if row["sha256"].strip("0") else ""  # what has no digest has one of zeros there
    assert told(theirs) == told(embedded(target, sql))


def test_a_system_without_rpm_has_no_rows(tmp_path: Path) -> None:
    assert list(rpm_package_files.rows(RootTarget(str(tmp_path)), Query())) == []


@given(st.data())
def test_any_header_is_taken_or_refused(target: RootTarget, data: st.DataObject) -> None:
    (blob,) = rpm_database.blobs(target)
    at = data.draw(st.integers(0, len(blob) - 1))
    broken = blob[:at] + data.draw(st.binary(max_size=8)) + blob[at + data.draw(st.integers(0, 8)) :]
    try:
        for path, user, group, mode, size, digest in rpm_header.Files(broken).owned():
            assert all(isinstance(text, str) for text in (path, user, group, digest))
            assert mode >= 0 <= size
    except Malformed:
        pass
