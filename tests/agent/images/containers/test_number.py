"""Numbers in headers of tar."""

from __future__ import annotations

import tarfile

import pytest

from rempart_agent.images.containers.number import decimal, number, padded
from rempart_agent.source.contract import Malformed


@pytest.mark.parametrize("value", [0, 7, 0o7777777, 1 << 33, -1, -(1 << 40), (1 << 63) - 1])
def test_numbers_are_read_as_pythons_tarfile_writes_them(value: int) -> None:
    assert number(tarfile.itn(value, 12, tarfile.GNU_FORMAT), "size") == value  # type: ignore[attr-defined]


@pytest.mark.parametrize("field", [b"0000644 \0", b"   644\0\0", b"644 \0\0\0\0", b"0000644\0"])
def test_octal_text_may_be_padded_by_spaces_or_zeros(field: bytes) -> None:
    assert number(field, "mode") == 0o644


@pytest.mark.parametrize("field", [b"0000648\0", b"+644\0\0\0\0", b"0o644\0\0\0", b"6_44\0\0\0\0", b"-1\0\0\0\0\0\0"])
def test_what_is_no_number_is_never_read_as_one(field: bytes) -> None:
    with pytest.raises(Malformed, match="mode that is no number"):
        number(field, "mode")


def test_a_number_beyond_64_bits_is_refused() -> None:
    with pytest.raises(Malformed, match="beyond 64 bits"):
        number(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", "size") and number(b"\x80" + b"\xff" * 11, "size")


@pytest.mark.parametrize("text", [b"", b"-1", b"1.0", b" 1", b"9" * 30, "１".encode()])
def test_decimal_digits_are_digits_alone(text: bytes) -> None:
    with pytest.raises(Malformed):
        decimal(text, "size")


def test_data_takes_whole_blocks() -> None:
    assert [padded(one) for one in (0, 1, 512, 513)] == [0, 512, 512, 1024]
