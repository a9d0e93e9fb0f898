"""The digest of content is BLAKE2b of 32 bytes, whichever module of Python works it out."""

from __future__ import annotations

import hashlib
import sys

import pytest

from rempart_core import digest


@pytest.mark.parametrize("data", [b"", b"abc", bytes(100_000)])
def test_it_is_what_hashlib_says(data: bytes) -> None:
    said = hashlib.blake2b(data, digest_size=32).hexdigest()
    assert digest.new(data).hexdigest() == said
    assert digest.new(memoryview(data)).hexdigest() == said
    piecewise = digest.new()
    piecewise.update(data[:7])
    piecewise.update(data[7:])
    assert piecewise.hexdigest() == said


def test_an_interpreter_without_it_asks_hashlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_blake2", None)
    assert digest.new(b"abc").hexdigest() == hashlib.blake2b(b"abc", digest_size=32).hexdigest()
