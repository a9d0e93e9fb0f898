"""LZ4 by the system's library: the same content as by our own decoder, and no damage gets past it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import liblz4, lz4
from rempart_agent.readers.files import packed
from rempart_agent.source.contract import Malformed, SourceError, Unfit
from rempart_agent.targets.root import RootTarget

LIBRARY: Any = liblz4.load()
needed = pytest.mark.skipif(LIBRARY is None, reason="liblz4.so.1 is not on this machine (Debian package liblz4-1)")


def frame(data: bytes) -> bytes:
    if not shutil.which("lz4"):
        pytest.skip("the program lz4 is not on this machine (Debian package lz4)")
    return subprocess.run(["lz4", "-c"], input=data, capture_output=True, check=True).stdout


@needed
@pytest.mark.parametrize("size", [0, 1, 70_000, 5_000_000])
def test_both_decoders_unpack_what_lz4_packed(size: int) -> None:
    data = (b"Package: x\nVersion: 1\n\n" * (size // 20 + 1))[:size]
    packed_data = frame(data)
    assert liblz4.decode(LIBRARY, packed_data, 1 << 26) == data == lz4.decode(packed_data, 1 << 26)
    assert liblz4.decode(LIBRARY, packed_data * 2, 1 << 26) == data * 2


@needed
@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 255))
def test_damage_is_an_error_or_other_bytes_but_never_a_crash(data: bytes, place: int, value: int) -> None:
    damaged = bytearray(lz4.MAGIC + b"\x40\x40\xc0" + len(data).to_bytes(4, "little") + data + bytes(4))
    damaged[place % len(damaged)] = value
    try:
        assert isinstance(liblz4.decode(LIBRARY, bytes(damaged), 1 << 16), bytes)
    except SourceError:
        pass


@needed
def test_what_is_cut_off_or_too_large_is_refused() -> None:
    whole = frame(b"x" * 100_000)
    with pytest.raises(Malformed):
        liblz4.decode(LIBRARY, whole[:-8], 1 << 20)
    with pytest.raises(Unfit):
        liblz4.decode(LIBRARY, whole, 1000)
    with pytest.raises(Malformed):
        liblz4.decode(LIBRARY, b"no frame at all", 1 << 20)


@pytest.mark.parametrize("there", [True, False])
def test_a_list_is_read_with_and_without_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    (tmp_path / "list.lz4").write_bytes(frame(b"Package: a\n" * 1000))
    if not there:
        monkeypatch.setattr(liblz4, "load", lambda: None)
    assert packed.read(RootTarget(str(tmp_path)), "/list.lz4") == b"Package: a\n" * 1000
