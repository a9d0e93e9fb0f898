"""LZO1X: each instruction of the kernel's Documentation/staging/lzo.rst by hand; whole extents in test_btrfs.py."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, survive

from rempart_agent.images.lzo import unpack_lzo
from rempart_agent.source.contract import Malformed

END = b"\x11\0\0"
ABC = bytes([17 + 8]) + b"abcdefgh"


@pytest.mark.parametrize(
    ("stream", "whole"),
    [
        (END, b""),
        (ABC + END, b"abcdefgh"),
        (bytes([17 + 2]) + b"ab" + END, b"ab"),
        (b"\x05" + b"abcdefgh" + END, b"abcdefgh"),  # a run of literals, its length in the code
        (b"\0\x05" + b"a" * 23 + END, b"a" * 23),  # and in the byte that follows: 15 + 5 + 3
        (b"\0\0\x01" + b"a" * 274 + END, b"a" * 274),
        (ABC + bytes([0b01_0_011_00, 0]) + END, b"abcdefgh" + b"efg"),  # 3 bytes, 4 back
        (ABC + bytes([0b01_1_011_10, 0]) + b"XY" + END, b"abcdefgh" + b"efgh" + b"XY"),  # 4 bytes, 2 literals
        (ABC + bytes([0b111_000_00, 0]) + END, b"abcdefgh" + b"h" * 8),  # 8 bytes that repeat themselves
        (ABC + bytes([0b001_00101, 0b111_00, 0]) + END, b"abcdefgh" + b"abcdefg"),  # 7 bytes, 8 back
        (ABC + bytes([0b001_00000, 4, 0, 0]) + END, b"abcdefgh" + b"h" * 37),  # 2 + 31 + 4
        (ABC + bytes([0b01_0_011_01, 0]) + b"X" + bytes([0b0000_01_00, 0]) + END, b"abcdefghefgX" + b"gX"),
    ],
)
def test_each_instruction_is_followed(stream: bytes, whole: bytes) -> None:
    assert unpack_lzo(stream, 4096, "disk") == whole


def test_far_repeats_reach_as_far_as_they_say() -> None:
    long = bytes(range(256)) * 70  # 17,920
    run = len(long) - 18
    literals = b"\0" + bytes(run // 255) + bytes([run % 255]) + long
    far = (17_000 - 16_384) << 2
    code = bytes([0b0001_0_011, far & 0xFF, far >> 8])
    assert unpack_lzo(literals + code + END, 20_000, "disk") == long + long[-17_000:][:5]
    near = bytes([0b0000_11_00, 0xFF])  # 3 bytes, 2,049 + 3 + 4 * 255 back, behind a run of literals
    assert unpack_lzo(literals + near + END, 20_000, "disk") == long + long[-3072:][:3]


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        ABC,
        ABC + END + b"more",
        bytes([17 + 30]) + b"short",
        ABC + bytes([0b01_0_111_00, 1]) + END,  # 16 back
        ABC + bytes([0b001_00000]) + bytes(50) + b"\xff\0\0" + END,  # 13,000 bytes
        b"\0" * 1000,
    ],
)
def test_what_can_not_be_is_refused(stream: bytes) -> None:
    with pytest.raises(Malformed, match="LZO"):
        unpack_lzo(stream, 4096, "disk")


@settings(max_examples=10 * CASES)
@given(st.binary(max_size=600), st.integers(0, 70_000))
def test_noise_ends_in_bytes_or_errors_of_ours(noise: bytes, most: int) -> None:
    def read() -> None:
        assert len(unpack_lzo(ABC + noise, most, "disk")) <= most

    survive(read)
