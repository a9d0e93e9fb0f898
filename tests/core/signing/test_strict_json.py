"""JSON of a stranger costs no more than its bytes, and says one thing only."""

from __future__ import annotations

import time

import pytest

from rempart_core.signing.strict_json import read_object


def test_an_object_is_read() -> None:
    text = r'{"a": ["]}\"[[[[", {"b": null}], "é": 0.5}'
    assert read_object(text.encode(), 100, 3) == {"a": [']}"[[[[', {"b": None}], "é": 0.5}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"nonsense",
        b'"text"',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": "\xff"}',
        b'{"a": 1}{',
        b'{"a": [[[]]]}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "' + b"a" * 10_000 + b'"}',
        b"[" * 9_000,
    ],
)
def test_what_is_hostile_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_object(data, 10_000, 3)


def test_depth_is_refused_before_anything_is_made_of_it() -> None:
    """A million levels, and a string that never ends: neither overflows nor takes more than one look at each byte."""
    started = time.process_time()
    for data in (b'{"a":' * 200_000, b'{"a": "' + b'\\"' * 500_000, b'"' + b"\\" * 1_000_001):
        with pytest.raises(ValueError, match=r"."):
            read_object(data, 2_000_000, 12)
    assert time.process_time() - started < 20  # one look at each takes 0.1 s, one from each byte on hours
