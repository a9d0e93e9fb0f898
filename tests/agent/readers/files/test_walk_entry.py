"""What is worth noting of an entry: by its status, where it lies, and its access list."""

from __future__ import annotations

import stat
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.files.walk_entry import ACL, CAPABILITY, DEFAULT_ACL, Judge, acl_text, looseness, type_name
from rempart_agent.readers.files.walk_owner import Home, Owners

REG, DIR, LNK = stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK
HOMES = (Home("/home/ann", "ann", 1000, 1000), Home("/home/ann", "ann2", 1001, 42))
OWNERS = Owners(frozenset({0, 33, 1000}), frozenset({0, 42, 1000}), True, False, False, HOMES)


def acl(*entries: tuple[int, int, int]) -> bytes:
    """Return the attribute that the kernel keeps: a version, then tag, rights and id of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def listed(named: int, mask: int, group: int = 4, tag: int = 2, whom: int = 33) -> bytes:
    """Return a list with one named entry, in the order of the kernel."""
    none = 0xFFFFFFFF
    parts = [(1, 6, none), (2, named, whom), (4, group, none), (16, mask, none), (32, 4, none)]
    if tag == 8:
        parts[1:3] = [(4, group, none), (8, named, whom)]
    return acl(*parts)


def kinds(path: str, mode: int, uid: int = 0, gid: int = 0, **attributes: bytes) -> list[str]:
    judge = Judge(OWNERS)
    names = {"acl": ACL, "default": DEFAULT_ACL, "capability": CAPABILITY}
    given_ = {names[name]: value for name, value in attributes.items()}
    return [one.kind for one in judge.judge(judge.place(path), mode, uid, gid, given_ or None) or ()]


def test_kinds() -> None:
    assert kinds("/etc/x", REG | 0o644) == []
    assert kinds("/etc/x", REG | 0o6755, capability=b"x") == ["set_id", "capability"]
    assert kinds("/etc", DIR | 0o2775) == []  # a folder hands its group down
    assert kinds("/etc/x", REG | 0o646) == ["world_writable"]
    assert kinds("/etc/x", LNK | 0o777) == []
    assert kinds("/etc/x", LNK | 0o777, 4711) == ["unowned"]
    assert kinds("/usr/bin/x", REG | 0o755, 33) == ["loose"]
    assert kinds("/usr/binary/x", REG | 0o755, 33) == []
    assert kinds("/home/ann/x/y", REG | 0o640, 1000, 50) == ["unowned", "home_group"]  # no group has the number 50
    assert kinds("/home/ann/x/y", REG | 0o640, 1001, 42) == ["unowned"]
    assert kinds("/home/ann/x/y", REG | 0o640, 1000, 42) == ["home_group"]  # the other one's
    assert kinds("/home/ann", DIR | 0o755, 0, 0) == ["home_owner", "home_group", "home_open"]
    assert kinds("/home/ann/x", DIR | 0o2750, 1000, 1000) == ["home_open"]
    assert kinds("/home/ann/x", LNK | 0o777, 0, 1000) == ["home_owner"]
    assert kinds("/home/anna/x", REG | 0o644) == []
    assert kinds("/etc/x", REG | 0o644, acl=listed(6, 7)) == ["acl"]


def test_what_can_not_be_told_of_owners_is_so() -> None:
    judge = Judge(OWNERS)
    (noted,) = judge.judge(judge.place("/x"), REG, 4711, 4711, None) or ()
    assert (noted.user_known, noted.group_known) == (False, None)
    nobody = Judge(None)
    assert nobody.untold == ("home_group", "home_open", "home_owner", "unowned")
    assert nobody.judge(nobody.place("/x"), REG, 4711, 4711, None) is None
    assert Judge(everything=False).untold == ()


@pytest.mark.parametrize(
    ("mode", "uid", "gid", "attributes", "why"),
    [
        (REG | 0o755, 0, 0, {}, ""),
        (REG | 0o755, 33, 0, {}, "owner"),
        (LNK | 0o777, 33, 33, {}, "owner"),
        (REG | 0o755, 0, 42, {}, "group"),
        (REG | 0o2755, 0, 42, {}, ""),  # chage is shadow's
        (REG | 0o4750, 0, 42, {}, ""),
        (REG | 0o750, 0, 42, {CAPABILITY: b"x"}, ""),
        (DIR | 0o2755, 0, 42, {}, "group"),
        (REG | 0o2775, 0, 42, {}, "group_writes"),
        (DIR | 0o777, 0, 0, {}, "group_writes,others_write"),
        (REG | 0o664, 0, 0, {ACL: listed(6, 6)}, "acl_writes"),  # the bits of the group are the mask
        (REG | 0o664, 0, 0, {ACL: listed(4, 6)}, ""),
        (REG | 0o664, 0, 0, {ACL: listed(4, 6, group=6)}, "group_writes"),
        (REG | 0o644, 0, 0, {ACL: listed(6, 4)}, ""),
        (REG | 0o664, 0, 0, {ACL: listed(6, 6, whom=0)}, ""),
        (REG | 0o664, 0, 0, {ACL: listed(6, 6, tag=8)}, "acl_writes"),
        (DIR | 0o755, 0, 0, {DEFAULT_ACL: listed(7, 7)}, "acl_writes"),
        (REG | 0o664, 0, 0, {ACL: b"\x02\0\0\0\x01"}, "acl_unreadable,group_writes"),
        (REG | 0o644, 0, 0, {ACL: b"\x02"}, "acl_unreadable"),
    ],
)
def test_who_else_than_root_may_change_a_system_file(
    mode: int, uid: int, gid: int, attributes: dict[str, bytes], why: str
) -> None:
    assert looseness(mode, uid, gid, attributes) == why


def test_an_access_list_as_getfacl_shows_it() -> None:
    shown = "user::rw-,user:33:rw-,group::r--,mask::rwx,other::r--"
    assert acl_text(listed(6, 7), None) == shown
    assert acl_text(None, listed(6, 7)) == ",".join("default:" + part for part in shown.split(","))
    assert acl_text(listed(6, 7)[:-1], None) == "unreadable"


@given(st.binary(max_size=60), st.binary(max_size=60), st.integers(0, 0xFFFF))
def test_any_bytes_for_a_list(data: bytes, default: bytes, mode: int) -> None:
    acl_text(data, default)
    why = looseness(REG | mode & 0o7777, 0, 0, {ACL: data, DEFAULT_ACL: default})
    assert acl_text(data, default) != "unreadable" or "acl_unreadable" in why


def test_types() -> None:
    assert [type_name(one) for one in (REG, DIR, LNK, stat.S_IFSOCK, 0)] == [
        "regular",
        "directory",
        "link",
        "socket",
        "unknown",
    ]
