"""Marvin32, against numbers that others worked out."""

from __future__ import annotations

from rempart_agent.images.windows.marvin import marvin32


def test_an_entry_that_windows_wrote_has_the_hash_that_windows_gave_it() -> None:
    # the first 32 bytes of the entry at 512 of SYSTEM_B.LOG1, and its bytes 32 to 40, in the test data of regipy 6.5.0
    front = bytes.fromhex("48764c45003e0000010000003b0800000030bd0003000000c4812cbea1b6704b")
    assert marvin32(front) == 0xDD88C5D7DF48F30A
