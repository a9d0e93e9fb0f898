"""Conditions of audit rules as ranges, read as libaudit and the kernel do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.audit_limits import UNSET, Box, limits, split

_AUID = "auid"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("auid>=1000", [(_AUID, ((1000, UNSET),))]),
        ("loginuid>=0x3e8", [(_AUID, ((1000, UNSET),))]),
        ("auid>=01000", [(_AUID, ((512, UNSET),))]),  # strtoul with base 0
        ("auid!=unset", [(_AUID, ((0, UNSET - 1),))]),
        ("auid!=-1", [(_AUID, ((0, UNSET - 1),))]),
        ("auid<0", [(_AUID, ())]),
        ("exit=-EACCES", [("exit", ((UNSET - 12, UNSET - 12),))]),
        ("exit=EACCES", [("exit", ((13, 13),))]),
        ("success=0", [("success", ((0, 0),))]),
        ("uid!=euid", [("uid euid", ((0, 0),))]),
        ("euid!=uid", [("uid euid", ((0, 0),))]),
        ("compare!=11", [("uid euid", ((0, 0),))]),  # AUDIT_COMPARE_UID_TO_EUID of linux/audit.h
        ("a0=0x0", [("a0", ((0, 0),))]),
        ("a0&64", [("a0&64", ((1, 1),))]),
        ("exe=/usr/bin/x", [("exe=/usr/bin/x", ((1, 1),))]),
    ],
)
def test_conditions(condition: str, expected: object) -> None:
    assert limits(condition) == expected


@pytest.mark.parametrize(
    "condition",
    ["auid", "auid>=alice", "auid>=1000x", "subj_type=x_t", "auid&=4", "exit=-EWHAT", "success=yes", "auid>=-1", "?=1"],
)
def test_what_is_not_understood(condition: str) -> None:
    assert limits(condition) is None


@given(st.text())
def test_any_text_is_a_condition_or_none(text: str) -> None:
    found = limits(text)
    assert found is None or len(found) == 1


@given(
    st.lists(st.sampled_from(["auid>=3", "auid<5", "auid!=4", "auid=2", "uid>1", "uid!=2", "uid<=6"]), max_size=4),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_each_point_is_in_the_pieces_or_meets_all(conditions: list[str], auid: int, uid: int) -> None:
    asked = [one for condition in conditions for one in limits(condition) or []]
    box: Box = {"auid": ((0, 8),), "uid": ((0, 8),)}
    pieces = split(box, asked)
    point = {"auid": auid, "uid": uid}
    meets = all(any(low <= point[field] <= high for low, high in ranges) for field, ranges in asked)
    left = [box] if pieces is None else pieces
    inside = [
        piece
        for piece in left
        if all(any(low <= point[name] <= high for low, high in piece[name]) for name in ("auid", "uid"))
    ]
    assert len(inside) == (0 if meets and pieces is not None else 1)
    assert not (meets and pieces is None)
