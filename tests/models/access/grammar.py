"""Random trees of files with modes, access lists, links and capabilities, and accounts that look at them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

UIDS = (0, 70001, 70002, 70003)
GIDS = (71001, 71002, 71003)
NAMES = ("a", "b", "c", "d")
_CAPABLE = (0, 1, 2, 7, 10, 12, 13, 21, 33, 40)

_rights = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 7, 5])
_folder_mode = st.one_of(
    st.sampled_from([0o755, 0o750, 0o711, 0o700, 0o1777, 0o2770, 0o770, 0o1775, 0o751, 0o701, 0o707, 0o705]),
    st.integers(0, 0o7777),
)
_file_mode = st.one_of(
    st.sampled_from([0o644, 0o640, 0o600, 0o604, 0o4755, 0o660, 0o750, 0o000]), st.integers(0, 0o7777)
)


@st.composite
def _acl(draw: st.DrawFn) -> list[list[int]]:
    """Draw entries as the kernel takes them: tag, rights, id."""
    users = draw(st.lists(st.sampled_from(UIDS), max_size=3, unique=True))
    groups = draw(st.lists(st.sampled_from(GIDS), max_size=3, unique=True))
    entries = [[0x01, draw(_rights), -1]]
    entries += [[0x02, draw(_rights), uid] for uid in sorted(users)]
    entries += [[0x04, draw(_rights), -1]]
    entries += [[0x08, draw(_rights), gid] for gid in sorted(groups)]
    if users or groups or draw(st.booleans()):
        entries.append([0x10, draw(st.sampled_from([0, 0, 7, 7, 5, 4, 6, 1])), -1])
    return [*entries, [0x20, draw(_rights), -1]]


@st.composite
def _node(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["directory", "directory", "file", "file", "link"]))
    node: dict[str, Any] = {
        "kind": kind,
        "in": draw(st.integers(0, number)),
        "uid": draw(st.sampled_from(UIDS)),
        "gid": draw(st.sampled_from((0, *GIDS))),
        "mode": draw(_folder_mode if kind == "directory" else _file_mode),
    }
    if kind == "link":
        node["to"] = draw(
            st.one_of(
                st.integers(0, 7).map(lambda to: f"node {to}"),
                st.sampled_from([".", "..", "../a", "a", "./b/", "/a", "/a/b", "../../..", "nothing", "b/../c", "/"]),
            )
        )
    elif draw(st.booleans()):
        node["acl"] = draw(_acl())
    return node


@st.composite
def _program(draw: st.DrawFn) -> dict[str, Any]:
    bits = draw(st.lists(st.sampled_from(_CAPABLE), max_size=3, unique=True))
    return {
        "revision": draw(st.sampled_from([2, 2, 3])),
        "permitted": sum(1 << bit for bit in bits),
        "inheritable": draw(st.sampled_from([0, 0, 1 << 13])),
        "effective": draw(st.booleans()),
        "root": draw(st.sampled_from([0, 0, 0, 100000])),
    }


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a tree, and accounts with their groups."""
    count = draw(st.integers(2, 8))
    return {
        "accounts": [
            {"uid": uid, "groups": draw(st.lists(st.sampled_from(GIDS), max_size=3, unique=True))}
            for uid in (*UIDS, 70004)
        ],
        "top": draw(st.sampled_from([0o755, 0o755, 0o755, 0o1777, 0o750])),
        "nodes": [draw(_node(number)) for number in range(count)],
        "program": draw(st.one_of(st.none(), st.none(), st.none(), _program())),
    }
