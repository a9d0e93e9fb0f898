"""Packed clusters: to their size, or an error."""

from __future__ import annotations

import builtins
import resource
import zlib

import pytest
import zstandard

from rempart_agent.images.compression import inflate, unpack_zstd
from rempart_agent.source.contract import Malformed, Unfit

TEXT = b"PermitRootLogin no\n" * 4000


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -12)
    return packer.compress(data) + packer.flush()


def test_what_was_packed_comes_out_whatever_follows_it() -> None:
    assert inflate(_deflate(TEXT) + b"the next cluster", len(TEXT), -12, "disk") == TEXT
    assert inflate(zlib.compress(TEXT), len(TEXT), 15, "disk") == TEXT
    assert unpack_zstd(zstandard.compress(TEXT) + b"the next cluster", len(TEXT), "disk") == TEXT


@pytest.mark.parametrize("cut", [0, 1, 20, 60])
def test_a_stream_that_is_cut_is_an_error_and_not_a_short_answer(cut: int) -> None:
    with pytest.raises(Malformed, match="disk: "):
        inflate(_deflate(TEXT)[:cut], len(TEXT), -12, "disk")
    with pytest.raises(Malformed, match="disk: "):
        unpack_zstd(zstandard.compress(TEXT)[: min(cut, 30)], len(TEXT), "disk")


def test_noise_is_damaged() -> None:
    with pytest.raises(Malformed, match="damaged"):
        inflate(b"\xff" * 100, 512, -12, "disk")
    with pytest.raises(Malformed, match="damaged"):
        unpack_zstd(b"\xff" * 100, 512, "disk")


def test_no_more_is_unpacked_than_was_asked_for() -> None:
    bomb = bytes(128 << 20)
    deflated, frame = _deflate(bomb), zstandard.compress(bomb)
    del bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert inflate(deflated, 65536, -12, "disk") == bytes(65536)
    assert unpack_zstd(frame, 65536, "disk") == bytes(65536)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "zstandard":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Unfit, match=r"rempart\[images\]"):
        unpack_zstd(b"", 512, "disk")
