"""Extended attributes that lie, and access lists in both forms."""

from __future__ import annotations

import struct

import pytest

from rempart_agent.images.ext_attribute import access_list, attributes
from rempart_agent.source.contract import Malformed, Unfit


def _entry(index: int, name: bytes, offset: int, size: int, inode: int = 0) -> bytes:
    return (struct.pack("<BBHIII", len(name), index, offset, inode, size, 0) + name).ljust(
        (16 + len(name) + 3) & ~3, b"\0"
    )


def test_names_get_their_prefix_back() -> None:
    area = _entry(6, b"capability", 40, 3) + bytes(12) + b"abc"
    assert list(attributes(area, 0, 0, "x")) == [("security.capability", area[40:43])]


@pytest.mark.parametrize("area", [_entry(6, b"c", 4000, 3), _entry(99, b"c", 0, 0), b"\1\6\0"])
def test_what_can_not_be_is_refused(area: bytes) -> None:
    with pytest.raises(Malformed):
        list(attributes(area + bytes([1]) * (len(area) < 4), 0, 0, "x"))


def test_a_value_in_an_inode_is_refused() -> None:
    with pytest.raises(Unfit):
        list(attributes(_entry(1, b"c", 0, 9, 12) + bytes(4), 0, 0, "x"))


def test_access_lists_are_told_as_a_program_sees_them() -> None:
    stored = struct.pack("<I", 1) + struct.pack("<HH", 1, 6) + struct.pack("<HHI", 2, 4, 1234)
    assert access_list(stored, "x") == struct.pack("<I", 2) + struct.pack("<HHI", 1, 6, 0xFFFFFFFF) + struct.pack(
        "<HHI", 2, 4, 1234
    )
    for wrong in (stored[:-1], stored[:10], struct.pack("<I", 9)):
        with pytest.raises(Malformed):
            access_list(wrong, "x")
