"""Hives that were not written out: the log's changes count; without a log that fits, nothing of them is believed."""

from __future__ import annotations

import random
import struct

import pytest
from rempart_testing.registry_hive import entry, header, hive, seal, sectors, torn

from rempart_agent.images.windows.hive import Hive
from rempart_agent.images.windows.hive_log import read_header
from rempart_agent.source.contract import SourceError, Unfit

BEFORE = hive({"Policy": {"Enabled": 1}})
AFTER = hive({"Policy": {"Enabled": 0}, "New": {f"key{number}": {"x": number} for number in range(100)}})


def enabled(data: bytes, *logs: bytes) -> object:
    key = Hive(data, logs).key("Policy")
    assert key is not None
    value = key.value("Enabled")
    assert value is not None
    return value.data


@pytest.mark.parametrize("write", [torn, sectors])
def test_what_the_log_holds_counts_the_hive_growing_with_it(write: object) -> None:
    primary, log = write(BEFORE, AFTER)  # type: ignore[operator]  # both are functions of these two
    assert enabled(BEFORE, log) == 1  # written out: whatever a log still holds is old
    assert enabled(primary, log) == 0
    assert enabled(primary, b"", log) == 0
    assert Hive(primary, [log]).key("new\\KEY99") is not None


@pytest.mark.parametrize("write", [torn, sectors])
def test_without_a_log_that_fits_it_is_an_error(write: object) -> None:
    primary, log = write(BEFORE, AFTER)  # type: ignore[operator]  # see above
    damaged = bytearray(log)
    damaged[20] ^= 1  # its header's checksum is wrong then
    other = seal(log[:12] + struct.pack("<Q", 1) + log[20:] if write is sectors else log[:4] + bytes(8) + log[12:])
    for logs in ((), (b"",), (bytes(damaged),), (other,), (log[:512],)):
        with pytest.raises(SourceError):
            Hive(primary, logs)


def test_entries_of_both_logs_are_applied_by_their_numbers_whichever_holds_the_first() -> None:
    middle = hive({"Policy": {"Enabled": 5}})
    primary, first = torn(BEFORE, middle, 7)
    _, second = torn(middle, AFTER, 8)
    for logs in ((first, second), (second, first)):
        assert enabled(primary, *logs) == 0
    _, late = torn(middle, AFTER, 9)
    with pytest.raises(Unfit, match="do not follow"):
        Hive(primary, [first, late])
    _, old = torn(BEFORE, AFTER, 5)
    assert enabled(primary, old, first) == 5


def test_a_torn_entry_ends_what_is_applied() -> None:
    middle = hive({"Policy": {"Enabled": 5}})
    primary, log = torn(BEFORE, middle, 7)
    size = struct.unpack_from("<I", middle, 40)[0]
    whole = entry(8, size, [(0, hive({"Policy": {"Enabled": 9}})[4096:])])
    assert enabled(primary, log + whole) == 9
    for at in (12, 30, 36, 40, 700):
        flipped = bytearray(whole)
        flipped[at] ^= 1
        assert enabled(primary, log + bytes(flipped)) == 5
    assert enabled(primary, log + whole[:-512]) == 5


def test_two_logs_of_the_old_format_of_which_either_may_count_are_refused() -> None:
    primary, log = sectors(BEFORE, AFTER)
    newer = seal(log[:12] + struct.pack("<Q", 2**60) + log[20:])
    with pytest.raises(Unfit, match="no log"):
        Hive(primary, [log, newer])


def test_a_header_says_what_it_is() -> None:
    found = read_header(header((3, 4), 8192, 32, kind=6))
    assert found is not None
    assert (found.primary, found.secondary, found.size, found.root, found.kind, found.sound) == (
        3,
        4,
        8192,
        32,
        6,
        True,
    )
    assert read_header(b"regf") is None


def test_flipped_bytes_of_a_log_give_a_hive_or_an_error_of_ours() -> None:
    pick = random.Random(2)  # noqa: S311 - the same bytes each time
    for write in (torn, sectors):
        primary, log = write(BEFORE, AFTER)
        for _ in range(40):
            broken = bytearray(log)
            broken[pick.randrange(len(broken))] = pick.randrange(256)
            try:
                everything = [key.name for key in Hive(primary, [bytes(broken)]).root.subkeys()]
            except SourceError:
                continue
            assert everything
