"""Table suid_bin: programs that run with another's rights."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Denied, Limit, Query
from rempart_agent.tables.linux import suid_bin
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _tree(root_of: RootOf, files: Mapping[str, int]) -> RootTarget:
    """Make a root filesystem of files with modes."""
    owners = {"/etc/passwd": f"owner:x:{os.getuid()}:5::/:\n", "/etc/group": f"team:x:{os.getgid()}:\n"}
    target = root_of({**owners, **dict.fromkeys(files, "x")})
    for path, mode in files.items():
        os.chmod(target.root + path, mode)
    return target


def _rows(target: Any) -> list[tuple[Any, ...]]:
    return [(r["path"], r["username"], r["groupname"], r["permissions"]) for r in suid_bin.rows(target, Query())]


def test_set_id_programs_with_their_owners(root_of: RootOf) -> None:
    target = _tree(
        root_of,
        {
            "/usr/bin/sudo": 0o4755,
            "/usr/bin/wall": 0o2755,
            "/usr/bin/both": 0o6755,
            "/usr/bin/plain": 0o755,
            "/usr/local/bin/sub/deep": 0o4755,
            "/opt/elsewhere": 0o4755,
        },
    )
    os.chmod(target.root + "/usr/local/bin/sub", 0o2755)
    assert _rows(target) == [
        ("/usr/bin/both", "owner", "team", "SG"),
        ("/usr/bin/sudo", "owner", "team", "S"),
        ("/usr/bin/wall", "owner", "team", "G"),
        ("/usr/local/bin/sub/deep", "owner", "team", "S"),
    ]


def test_merged_directories_list_a_program_twice(root_of: RootOf) -> None:
    target = _tree(root_of, {"/usr/bin/sudo": 0o4755})
    os.symlink("usr/bin", target.root + "/bin")
    assert [row[0] for row in _rows(target)] == ["/bin/sudo", "/usr/bin/sudo"]


def test_links_to_programs_count_and_links_to_directories_are_not_entered(root_of: RootOf) -> None:
    target = _tree(root_of, {"/opt/tool": 0o4755, "/usr/bin/x": 0o755})
    os.symlink("/opt/tool", target.root + "/usr/bin/tool")
    os.symlink("/opt", target.root + "/usr/bin/folder")
    os.symlink("x", target.root + "/usr/bin/y")
    os.symlink("loop", target.root + "/usr/bin/loop")
    assert [row[0] for row in _rows(target)] == ["/usr/bin/tool"]


def test_an_owner_without_a_name_is_a_number(root_of: RootOf) -> None:
    target = _tree(root_of, {"/usr/bin/sudo": 0o4755})
    os.unlink(target.root + "/etc/passwd")
    os.unlink(target.root + "/etc/group")
    assert _rows(target) == [("/usr/bin/sudo", str(os.getuid()), str(os.getgid()), "S")]


def test_a_directory_that_may_not_be_listed_raises(root_of: RootOf, deny: Deny) -> None:
    target = _tree(root_of, {"/tmp/private/x": 0o755})
    deny(target, "/tmp/private")
    with pytest.raises(Denied):
        _rows(target)


def test_the_search_is_bounded(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suid_bin, "MAX_FOLDERS", 3)
    target = _tree(root_of, {f"/tmp/{n}/x": 0o755 for n in range(4)})
    with pytest.raises(Limit):
        _rows(target)
