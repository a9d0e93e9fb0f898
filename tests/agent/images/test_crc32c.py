"""CRC-32C against the examples of RFC 3720, appendix B.4."""

from __future__ import annotations

import pytest

from rempart_agent.images.crc32c import crc32c


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
