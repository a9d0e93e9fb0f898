"""Extended headers of tar."""

from __future__ import annotations

import pytest

from rempart_agent.images.containers.pax import Extended, read_extended
from rempart_agent.source.contract import Malformed


def record(key: str, value: bytes) -> bytes:
    """Return a record, whose length counts itself."""
    rest = b" " + key.encode() + b"=" + value + b"\n"
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def test_names_owners_times_and_attributes_are_taken() -> None:
    data = (
        record("path", "/caf\N{LATIN SMALL LETTER E WITH ACUTE}\n=x".encode())
        + record("uid", b"4000000000")
        + record("mtime", b"1700000000.123456789")
        + record("SCHILY.xattr.security.capability", b"\1\0\0\2\n=\0")
        + record("comment", b"passed over")
    )
    found = read_extended(data)
    assert found.path == "/caf\N{LATIN SMALL LETTER E WITH ACUTE}\n=x"
    assert (found.uid, found.mtime) == (4_000_000_000, 1_700_000_000_123_456_789)
    assert found.xattrs == {"security.capability": b"\1\0\0\2\n=\0"}


def test_times_are_read_to_the_nanosecond_before_1970_too() -> None:
    for text, time in ((b"0", 0), (b"-1.5", -1_500_000_000), (b"7.", 7_000_000_000), (b"0.0000000019", 1)):
        assert read_extended(record("mtime", text)).mtime == time


def test_an_empty_value_leaves_what_the_header_itself_says() -> None:
    assert read_extended(record("path", b"") + record("mtime", b"")) == Extended()


def test_the_oldest_sparse_map_is_gathered_from_its_pairs() -> None:
    pairs = [("offset", b"0"), ("numbytes", b"5"), ("offset", b"10"), ("numbytes", b"2")]
    found = read_extended(b"".join(record(f"GNU.sparse.{key}", value) for key, value in pairs))
    assert found.sparse == {"map": b"0,5,10,2"}


@pytest.mark.parametrize(
    "data",
    [
        b"99 path=x\n",  # a length too long
        b"8 path=x\n",  # a length too short
        b"path=x\n",
        b"9999999999999999999999 path=x\n",
        b"6 path\n",
        b"3 \n",
        b"0 =\n",
        record("", b"x"),
        record("path", b"a\0b"),
        record("linkpath", b"\0"),
        record("GNU.sparse.name", b"a\0"),
        record("uid", b"-1"),
        record("size", b"1e3"),
        record("mtime", b"nan"),
        record("mtime", b"1e400"),
        record("mtime", b"1e999999999999"),
        record("mtime", b"soon"),
        record("mtime", b"--1"),
        record("mtime", b"9999999999999999999"),
        record("mtime", b"\xff"),
        record("GNU.sparse.numbytes", b"1"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_extended(data)
