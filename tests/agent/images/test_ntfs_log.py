"""The log of NTFS: a restart page as logfile.h of the kernel lays it out, in each state that a volume is found in."""

from __future__ import annotations

import pytest
from rempart_testing.ntfs_log import page

from rempart_agent.images.ntfs_log import HEAD, why_open


def log(*pages: bytes) -> bytes:
    return b"".join(pages).ljust(HEAD, b"\xff")


CLOSED, CLEAN, OPEN = page(9, 0xFFFF, 0), page(9, 0, 2), page(9, 0, 0)


@pytest.mark.parametrize("head", [b"\xff" * HEAD, log(CLOSED, CLOSED), log(CLEAN, CLEAN), log(page(8, 0, 0), CLEAN)])
def test_a_log_that_was_emptied_or_closed_holds_nothing_back(head: bytes) -> None:
    assert why_open(head) == ""


@pytest.mark.parametrize(
    "head", [log(OPEN, OPEN), log(OPEN, page(8, 0, 2)), log(page(8, 0, 2), OPEN), log(CLEAN, OPEN)]
)
def test_what_the_newest_page_leaves_open_is_open(head: bytes) -> None:
    assert why_open(head) == "its log is open"


def test_metadata_that_windows_keeps_in_its_memory_are_missing() -> None:
    assert "fast startup" in why_open(log(page(9, 0, 2, version=2)))


def test_a_page_that_was_not_written_whole_says_nothing() -> None:
    torn = bytearray(CLEAN)
    torn[1022:1024] = b"\x06\0"
    assert why_open(log(bytes(torn), OPEN)) == "its log is open"
    assert why_open(log(bytes(torn))) == "its log can't be understood"
    assert why_open(bytes(HEAD)) == "its log can't be understood"
    assert why_open(b"") == "its log can't be understood"
