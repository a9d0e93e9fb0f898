"""CRC-32C against the examples of RFC 3720, appendix B.4."""

from __future__ import annotations

import sys

import pytest

from rempart_agent.images.crc32c import by_table, crc32c, find_crc32c


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        (bytes(32), "aa36918a"),
        (b"\xff" * 32, "43aba862"),
        (bytes(range(32)), "4e79dd46"),
        (bytes(range(31, -1, -1)), "5cdb3f11"),
        (b"123456789", (0xE3069283).to_bytes(4, "little").hex()),
        (b"", "00000000"),
    ],
)
def test_the_examples_of_the_standard(data: bytes, checksum: str) -> None:
    assert crc32c(data) == int.from_bytes(bytes.fromhex(checksum), "little")


def test_the_library_and_the_table_say_the_same_of_any_part() -> None:
    library = pytest.importorskip("google_crc32c")
    data = bytes(range(256)) * 3
    for at in (0, 1, 100, 768):
        assert library.extend(crc32c(data[:at]), data[at:]) == by_table(crc32c(data[:at]), data[at:]) == crc32c(data)
    assert crc32c(data[5:], crc32c(data[:5])) == crc32c(data)


def test_without_the_library_the_table_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google_crc32c", None)
    find_crc32c.cache_clear()
    try:
        assert find_crc32c() is by_table
        assert crc32c(b"123456789") == 0xE3069283
    finally:
        find_crc32c.cache_clear()
