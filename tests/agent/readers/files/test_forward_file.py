"""Bytes that come once read as a file does, forwards."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.readers.files.forward_file import KEPT, MOST, ForwardFile
from rempart_agent.source.contract import Unfit


@given(
    st.lists(st.binary(min_size=1, max_size=700), max_size=8),
    st.lists(st.tuples(st.booleans(), st.integers(0, 900)), max_size=12),
)
def test_it_reads_as_a_file_does(parts: list[bytes], steps: list[tuple[bool, int]]) -> None:
    file, real = ForwardFile(iter(parts)), io.BytesIO(b"".join(parts))
    for forward, size in steps:
        if forward:
            assert file.seek(real.tell() + size) == real.seek(real.tell() + size)
        else:
            assert file.read(size) == real.read(size)
        assert file.tell() == real.tell()
    assert b"".join(file.rest()) == real.read()


def test_a_step_back_is_short_and_a_read_is_bounded() -> None:
    file = ForwardFile(iter([b"0123456789" * 100] * 20))
    assert file.read(512) == (b"0123456789" * 52)[:512]
    file.seek(511)
    assert file.read(2) == b"12"
    file.seek(15_000)
    assert file.read(1) == b"0"
    with pytest.raises(Unfit, match="backwards"):
        file.seek(15_000 - 2 * KEPT - 1000)
    with pytest.raises(Unfit, match="at once"):
        file.read(MOST + 1)
    with pytest.raises(Unfit, match="at once"):
        file.read()
