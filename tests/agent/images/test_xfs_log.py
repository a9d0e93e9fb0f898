"""The ring of an XFS log, record by record."""

from __future__ import annotations

import struct

import pytest

from rempart_agent.images.layer import Layer
from rempart_agent.images.xfs_log import is_unmounted
from rempart_agent.source.contract import Malformed


class _Ring(Layer):
    name = "ring"

    def __init__(self, blocks: list[bytes]) -> None:
        self._data = b"".join(blocks)
        self.size = len(self._data)

    def read_at(self, offset: int, size: int) -> bytes:
        self.expect(offset, size)
        return self._data[offset : offset + size]


def _record(cycle: int, flags: int, operations: int = 1) -> list[bytes]:
    # struct xlog_rec_header: magic, cycle, version 2, length; operations at 40, the size of a record at 320
    head = bytearray(512)
    struct.pack_into(">IIII", head, 0, 0xFEEDBABE, cycle, 2, 512)
    struct.pack_into(">I", head, 40, operations)
    struct.pack_into(">I", head, 320, 32768)
    body = bytearray(512)
    struct.pack_into(">IIBB", body, 0, cycle, 8, 0xAA, flags)  # the cycle stands over the first four bytes
    return [bytes(head), bytes(body)]


def _filler(cycle: int, count: int) -> list[bytes]:
    return [struct.pack(">I", cycle) + bytes(508)] * count


@pytest.mark.parametrize(("flags", "clean"), [(0x20, True), (0x01, False)])
def test_the_last_record_decides_wherever_the_head_is(flags: int, clean: bool) -> None:
    fresh = [*_record(1, flags), *_filler(0, 62)]
    assert is_unmounted(_Ring(fresh), 0, 64) is clean
    inside = [*_filler(5, 30), *_record(5, flags), *_filler(4, 32)]
    assert is_unmounted(_Ring(inside), 0, 64) is clean
    at_the_end = [*_filler(5, 62), *_record(5, flags)]
    assert is_unmounted(_Ring(at_the_end), 0, 64) is clean


def test_more_operations_or_blocks_behind_the_record_are_changes() -> None:
    assert not is_unmounted(_Ring([*_record(1, 0x20, 2), *_filler(0, 62)]), 0, 64)
    assert not is_unmounted(_Ring([*_record(1, 0x20), *_filler(1, 3), *_filler(0, 59)]), 0, 64)


def test_no_record_is_no_log() -> None:
    with pytest.raises(Malformed):
        is_unmounted(_Ring(_filler(3, 64)), 0, 64)
