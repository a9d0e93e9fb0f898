"""Who may own what a walk finds: the files of a target, its C library, and what neither can tell."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import lay

from rempart_agent.readers.files.walk_owner import Home, Owners, Registry, read
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

PASSWD = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nwww:x:33:33::/var/www:/bin/false\n"
GROUP = "root:x:0:\nann:x:1000:\ndev:x:50:bob,ann\n"


def owners(root: Path, passwd: str = PASSWD, nsswitch: str = "passwd: files\ngroup: files systemd\n") -> Owners:
    lay(root, {"/etc/passwd": passwd, "/etc/group": GROUP, "/etc/nsswitch.conf": nsswitch})
    found = read(RootTarget(str(root)))
    assert found
    return found


def test_a_tree_whose_accounts_are_in_its_files(tmp_path: Path) -> None:
    found = owners(tmp_path)
    known = Registry(found)
    assert [known.user(0), known.user(1000), known.user(4711)] == [True, True, False]
    assert [known.group(50), known.group(51)] == [True, False]
    assert found.homes == (Home("/home/ann", "ann", 1000, 1000),)


def test_where_accounts_come_from_elsewhere_an_unknown_id_can_not_be_told(tmp_path: Path) -> None:
    known = Registry(owners(tmp_path, nsswitch="passwd: files [NOTFOUND=continue] sss # x\ngroup: files\n"))
    assert [known.user(1000), known.user(4711), known.group(51)] == [True, None, False]
    for at, text in enumerate((PASSWD + "+::::::\n", PASSWD + "-bob\n")):
        compat = Registry(owners(tmp_path / str(at), text, "passwd: compat\n"))
        assert [compat.user(0), compat.user(4711), compat.group(51)] == [True, None, False]
    lay(tmp_path, {"/etc/userdb/eve.user": "{}"})
    assert Registry(owners(tmp_path)).user(4711) is None


def test_no_list_of_accounts_is_no_answer(tmp_path: Path) -> None:
    assert read(RootTarget(str(tmp_path))) is None
    lay(tmp_path, {"/etc/passwd": PASSWD})
    assert read(RootTarget(str(tmp_path))) is None


def test_a_running_machine_is_asked_and_a_tree_is_not(tmp_path: Path) -> None:
    live = read(LiveTarget())
    assert live
    assert live.asks
    assert not owners(tmp_path).asks
    asked = Registry(Owners(frozenset(), frozenset(), users_told=True, groups_told=True, asks=True))
    assert [asked.user(0), asked.user(47110), asked.user(1 << 40)] == [True, False, False]
    assert [asked.group(0), asked.group(47110)] == [True, False]
    never = Registry(Owners(frozenset(), frozenset(), users_told=True, groups_told=True, asks=False))
    assert [never.user(0), never.group(0)] == [False, False]


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=80))
def test_any_bytes(passwd: bytes, group: bytes, nsswitch: bytes) -> None:
    class Given(LiveTarget):
        live = False

        def read(self, path: str, limit: int = 0) -> bytes:
            return {"/etc/passwd": passwd, "/etc/group": group}.get(path, nsswitch)

    found = read(Given())
    assert found
    assert not found.asks


def test_a_home_is_where_its_links_lead(tmp_path: Path) -> None:
    lay(tmp_path, {"/data/ann/x": ""})
    (tmp_path / "home").symlink_to("data")
    assert owners(tmp_path).homes == (Home("/data/ann", "ann", 1000, 1000),)
