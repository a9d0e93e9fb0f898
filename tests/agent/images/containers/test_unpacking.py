"""Layers unpacked: each kind of packing, verified, bounded."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest
import zstandard
from rempart_testing.container_images import digest, pack, part

from rempart_agent.images.containers import unpacking
from rempart_agent.images.containers.choice import LayerBlob
from rempart_agent.images.containers.unpacking import Spool, unpack_layer
from rempart_agent.source.contract import Limit, Malformed, Unfit

DATA = os.urandom(1 << 18) * 5 + b"the rest"
END = b"rempart: the end"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """Return a spool in the test's folder."""
    return Spool(os.open(tmp_path, os.O_TMPFILE | os.O_RDWR, 0o600), 64 << 20)


def layer(path: Path, packed: bytes, data: bytes = DATA, said: str | None = None) -> LayerBlob:
    """Return a layer that is packed as ``packed``, whose bytes are said to be ``data``."""
    return LayerBlob("", part(path / "blob", packed), digest(packed) if said is None else said, digest(data))


@pytest.mark.parametrize("how", ["gzip", "zstd", ""])
def test_each_packing_is_unpacked_and_what_lies_before_in_the_spool_stays(
    tmp_path: Path, spool: Spool, how: str
) -> None:
    first = unpack_layer(layer(tmp_path, pack(b"first" * 99, "gzip"), b"first" * 99), spool)
    found = unpack_layer(layer(tmp_path, pack(DATA, how)), spool)
    assert found.read_at(0, found.size) == DATA
    assert first.read_at(0, 5) == b"first"
    assert spool.unpacked == len(DATA) + 495


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(DATA[:1000]) + gzip.compress(b"") + gzip.compress(DATA[1000:]),  # pigz, stargz
        pack(DATA[:1000], "zstd") + b"\x5a\x2a\x4d\x18\x04\0\0\0skip" + pack(DATA[1000:], "zstd"),  # zstd:chunked
        b"\x50\x2a\x4d\x18\x04\0\0\0skip" + pack(DATA, "zstd"),
        pack(DATA, "zstd") + b"\x5f\x2a\x4d\x18\0\0\0\0",
    ],
    ids=["gzip members", "zstd frames", "skipped before", "skipped after"],
)
def test_files_that_consist_of_several_are_unpacked_whole(tmp_path: Path, spool: Spool, packed: bytes) -> None:
    found = unpack_layer(layer(tmp_path, packed), spool)
    assert found.read_at(0, found.size) == DATA


@pytest.mark.parametrize("how", ["gzip", "zstd", ""])
def test_a_flipped_byte_is_an_error_by_either_digest(tmp_path: Path, spool: Spool, how: str) -> None:
    packed = bytearray(pack(DATA, how))
    packed[len(packed) // 2] ^= 1
    for said in (digest(pack(DATA, how)), ""):
        with pytest.raises(Malformed):
            unpack_layer(layer(tmp_path, bytes(packed), said=said), spool)
    with pytest.raises(Malformed, match="do not have the digest"):
        unpack_layer(layer(tmp_path, pack(DATA, how), b"other"), spool)


@pytest.mark.parametrize("how", ["gzip", "zstd"])
@pytest.mark.parametrize("cut", [1, 4, 5, 9, 20, 100_000])
def test_a_packed_layer_that_is_cut_off_is_an_error_even_where_its_digests_are_made_to_match(
    tmp_path: Path, spool: Spool, how: str, cut: int
) -> None:
    whole = zstandard.ZstdCompressor(write_checksum=True).compress(DATA) if how == "zstd" else pack(DATA, how)
    with pytest.raises(Malformed, match=r"cut off|can't be unpacked"):
        unpack_layer(layer(tmp_path, whole[:-cut]), spool)


def test_bytes_behind_a_packed_layer_are_an_error(tmp_path: Path, spool: Spool) -> None:
    for how in ("gzip", "zstd"):
        with pytest.raises(Malformed):
            unpack_layer(layer(tmp_path, pack(DATA, how) + b"behind"), spool)


def test_a_layer_may_end_as_our_own_mark_does(tmp_path: Path, spool: Spool) -> None:
    for data in (DATA + END, END, b"", END * 3):
        found = unpack_layer(layer(tmp_path, pack(data, "zstd"), data), spool)
        assert found.read_at(0, found.size) == data


@pytest.mark.parametrize("magic", [b"\xfd7zXZ\0", b"BZh91AY", b"\x04\x22\x4d\x18"])
def test_other_packings_are_named_and_refused(tmp_path: Path, spool: Spool, magic: bytes) -> None:
    with pytest.raises(Malformed, match="which is not read"):
        unpack_layer(layer(tmp_path, magic + bytes(99)), spool)


@pytest.mark.parametrize("how", ["gzip", "zstd", ""])
def test_layers_beyond_what_was_allowed_are_not_unpacked(tmp_path: Path, how: str) -> None:
    spool = Spool(os.open(tmp_path, os.O_TMPFILE | os.O_RDWR, 0o600), 2 * len(DATA))
    for _ in range(2):
        unpack_layer(layer(tmp_path, pack(DATA, how)), spool)
    with pytest.raises(Limit, match="--image-max"):
        unpack_layer(layer(tmp_path, pack(DATA, how)), spool)


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_bomb_stops_early_and_takes_no_memory(
    tmp_path: Path, spool: Spool, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    zeros = bytes(12 << 20)
    one = layer(tmp_path, pack(zeros, how), zeros)
    monkeypatch.setattr(unpacking, "_RATIO_FROM", 1 << 20)
    monkeypatch.setattr(unpacking, "_RATIO", 900)
    tracemalloc.start()
    with pytest.raises(Limit, match="900 times its size"):
        unpack_layer(one, spool)
    assert tracemalloc.get_traced_memory()[1] < 6 << 20
    tracemalloc.stop()


def test_a_frame_that_looks_back_too_far_is_refused(tmp_path: Path, spool: Spool) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, enable_ldm=True)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packed.compress(DATA) + packed.flush()
    with pytest.raises(Malformed, match="can't be unpacked"):
        unpack_layer(layer(tmp_path, data), spool)


def test_a_disk_without_room_is_said_before_anything_is_written(
    tmp_path: Path, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.statvfs_result((4096, 4096, 100, 100, 100, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "fstatvfs", lambda _: full)
    with pytest.raises(Unfit, match="TMPDIR names another folder"):
        unpack_layer(layer(tmp_path, pack(DATA, "gzip")), spool)
    assert spool.mark() == 0
