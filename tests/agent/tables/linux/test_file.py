"""Table file: what is there, of what kind, and whose."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Constraint, Denied, Query, Unfit
from rempart_agent.tables.linux import file
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _ask(target: Any, **asked: Any) -> list[dict[str, Any]]:
    """Ask for ``path``, ``directory``, ``path_like`` and ``directory_like``."""
    constraints = tuple(
        Constraint(name.partition("_")[0], "LIKE" if "_" in name else "=", tuple(values))
        for name, values in asked.items()
    )
    return [dict(row) for row in file.rows(target, Query(frozenset(), constraints))]


def _paths(rows: list[dict[str, Any]]) -> list[str]:
    return [row["path"] for row in rows]


def test_a_regular_file_and_a_set_id_one(root_of: RootOf) -> None:
    target = root_of({"/etc/shadow": "secret", "/usr/bin/sudo": "x"})
    os.chmod(target.root + "/etc/shadow", 0o640)
    os.chmod(target.root + "/usr/bin/sudo", 0o4755)
    os.utime(target.root + "/etc/shadow", (1760000001.9, 1760000000.9))
    shadow, sudo = _ask(target, path=["/usr/bin/sudo", "/etc/shadow", "/absent", "relative", ""])
    expected = {
        "path": "/etc/shadow",
        "directory": "/etc",
        "filename": "shadow",
        "mode": "0640",
        "size": 6,
        "hard_links": 1,
        "symlink": 0,
        "symlink_target_path": "",
        "type": "regular",
        "mtime": 1760000000,
        "atime": 1760000001,
        "uid": os.getuid(),
        "btime": 0,
    }
    assert {name: shadow[name] for name in expected} == expected
    assert sudo["mode"] == "4755"


def test_a_link_is_followed_and_says_so(root_of: RootOf) -> None:
    target = root_of({"/usr/bin/plain": "x"})
    os.symlink("/usr/bin/plain", target.root + "/usr/bin/editor")
    os.symlink("loop", target.root + "/usr/bin/loop")
    os.symlink("nowhere", target.root + "/usr/bin/broken")
    os.chmod(target.root + "/usr/bin/plain", 0o711)
    rows = _ask(target, path=["/usr/bin/editor", "/usr/bin/loop", "/usr/bin/broken"])
    assert [(r["path"], r["type"], r["mode"], r["symlink"], r["symlink_target_path"]) for r in rows] == [
        ("/usr/bin/broken", "unknown", "0777", 1, "nowhere"),
        ("/usr/bin/editor", "regular", "0711", 1, "/usr/bin/plain"),
        ("/usr/bin/loop", "error", "0777", 1, "loop"),
    ]


def test_a_link_of_a_root_filesystem_is_judged_inside_it(root_of: RootOf) -> None:
    target = root_of({"/etc/hostname": "inside"})
    os.symlink("../../../../../../../../../etc/hostname", target.root + "/etc/up")
    os.symlink("/proc/1/environ", target.root + "/etc/out")
    up, out = _ask(target, path=["/etc/out", "/etc/up"])[::-1]
    assert (up["type"], up["size"]) == ("regular", 6)
    assert out["type"] == "unknown"


def test_every_kind_has_its_name(root_of: RootOf) -> None:
    target = root_of({"/srv/dir/": "", "/srv/file": ""})
    os.mkfifo(target.root + "/srv/fifo")
    assert {r["filename"]: r["type"] for r in _ask(target, directory=["/srv"])} == {
        "dir": "directory",
        "fifo": "fifo",
        "file": "regular",
    }
    assert [r["type"] for r in _ask(LiveTarget(), path=["/dev/null"])] == ["character"]


def test_a_directory_lists_what_is_in_it_and_nothing_below(root_of: RootOf) -> None:
    target = root_of({"/etc/ssh/sshd_config": "", "/etc/ssh/.old": "", "/etc/ssh/sshd_config.d/a.conf": ""})
    assert [(r["path"], r["filename"], r["directory"]) for r in _ask(target, directory=["/etc/ssh"])] == [
        ("/etc/ssh/.old", ".old", "/etc/ssh"),
        ("/etc/ssh/sshd_config", "sshd_config", "/etc/ssh"),
        ("/etc/ssh/sshd_config.d", "sshd_config.d", "/etc/ssh"),
    ]
    assert _ask(target, directory=["/etc/ssh/sshd_config", "/absent"]) == []


def test_directories_by_pattern_keep_their_slash(root_of: RootOf) -> None:
    target = root_of({"/srv/a/one": "", "/srv/b/two": "", "/srv/file": ""})
    rows = _ask(target, directory_like=["/srv/%"])
    assert [(r["path"], r["directory"]) for r in rows] == [("/srv/a/one", "/srv/a/"), ("/srv/b/two", "/srv/b/")]


def test_a_pattern_gives_a_directory_a_slash_and_a_dot_for_a_name(root_of: RootOf) -> None:
    target = root_of({"/srv/rec/call.wav": ""})
    (row,) = _ask(target, path_like=["/srv/%"])
    assert (row["path"], row["directory"], row["filename"]) == ("/srv/rec/", "/srv/rec", ".")


def test_a_path_and_its_directory_together_give_it_once(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": "", "/etc/group": ""})
    rows = _ask(target, path=["/etc/passwd"], directory=["/etc"])
    assert _paths(rows).count("/etc/passwd") == 1


@pytest.mark.parametrize(
    ("path", "directory", "filename"),
    [("/", "", "/"), ("/etc", "/", "etc"), ("/etc/", "/etc", "."), ("/a//b", "/a", "b"), ("/a/../b", "/a/..", "b")],
)
def test_the_parts_of_a_path(path: str, directory: str, filename: str) -> None:
    assert (file.parent(path), file.filename(path)) == (directory, filename)


def test_a_slash_behind_a_file_names_nothing(root_of: RootOf) -> None:
    target = root_of({"/etc/passwd": "", "/etc/ssh/": ""})
    assert _paths(_ask(target, path=["/etc/passwd/", "/etc/ssh/"])) == ["/etc/ssh/"]


def test_what_may_not_be_seen_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/root/key": "", "/etc/passwd": ""})
    deny(target, "/root")
    assert _paths(_ask(target, path=["/etc/passwd", "/root"])) == ["/etc/passwd", "/root"]
    for asked in ({"path": ["/root/key"]}, {"directory": ["/root"]}, {"path_like": ["/root/%"]}):
        with pytest.raises(Denied):
            _ask(target, **asked)


def test_an_input_error_raises(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    target = root_of({"/etc/a": ""})

    def fail(path: str) -> os.stat_result:
        raise Unfit(f"{path}: Input/output error")

    os.symlink("a", target.root + "/etc/b")
    monkeypatch.setattr(target, "stat", fail)
    with pytest.raises(Unfit):
        _ask(target, path=["/etc/b"])


def test_this_machine_has_a_password_file() -> None:
    (row,) = _ask(LiveTarget(), path=["/etc/passwd"])
    assert (row["type"], row["uid"], row["mode"]) == ("regular", 0, "0644")
