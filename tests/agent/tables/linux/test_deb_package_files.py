"""Table deb_package_files: the files of packages of dpkg."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from rempart_testing.real_osquery import BOUND, ask, embedded, told

from rempart_agent.source.contract import Denied, Missing, Query
from rempart_agent.tables.linux import deb_package_files
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
STATUS = "Package: {0}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: x\nDescription: x\n"
FILES = {
    "/var/lib/dpkg/status": STATUS.format("bash") + "\n" + STATUS.format("dash"),
    "/var/lib/dpkg/available": "",
    "/var/lib/dpkg/info/format": "1\n",
    "/var/lib/dpkg/info/bash.list": "/.\n/bin\n/bin/bash\n",
    "/var/lib/dpkg/info/bash.md5sums": "x  bin/bash\n",
    "/var/lib/dpkg/info/dash.list": "/.\n/bin/dash\n\n",
}
QUERIES = (
    "SELECT * FROM deb_package_files",
    "SELECT * FROM deb_package_files WHERE package IN ('bash', 'nope')",
    "SELECT * FROM deb_package_files WHERE path = '/bin/dash'",
    "SELECT * FROM deb_package_files WHERE admindir = '/nowhere'",
    "SELECT path FROM deb_package_files WHERE admindir = '/var/lib/dpkg' AND package = 'bash'",
)


@BOUND
@pytest.mark.parametrize("sql", QUERIES)
def test_osquery_says_the_same(root_of: RootOf, sql: str) -> None:
    target = root_of(FILES)
    theirs = ask(sql, {"/var/lib/dpkg": Path(target.root) / "var/lib/dpkg"})
    assert told(theirs) == told(embedded(target, sql))


def test_packages_of_several_architectures_are_seen(root_of: RootOf) -> None:
    target = root_of(
        {"/var/lib/dpkg/info/libc6:amd64.list": "/lib\n", "/var/lib/dpkg/info/libc6:i386.list": "/lib32\n"}
    )
    assert list(deb_package_files.rows(target, Query())) == [
        {"package": "libc6", "path": "/lib", "admindir": "/var/lib/dpkg"},
        {"package": "libc6", "path": "/lib32", "admindir": "/var/lib/dpkg"},
    ]


def test_what_is_not_there_or_may_not_be_read(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/x": ""})
    assert list(deb_package_files.rows(target, Query())) == []
    target = root_of({"/var/lib/dpkg/status": ""})
    with pytest.raises(Missing):
        list(deb_package_files.rows(target, Query()))
    target = root_of(FILES)
    deny(target, "/var/lib/dpkg/info/dash.list")
    with pytest.raises(Denied):
        list(deb_package_files.rows(target, Query()))


def test_any_bytes_are_paths(root_of: RootOf) -> None:
    target = root_of({"/var/lib/dpkg/info/x.list": b"/a\xff\0b\n\r\n/c"})
    assert [row["path"] for row in deb_package_files.rows(target, Query())] == ["/a\ufffd\0b", "\r", "/c"]
