"""Disks for the tests of images: made by the real tools, kept in memory, and damaged."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import strategies as st

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import SourceError

CASES = int(os.environ.get("REMPART_CASES", "100"))
"""How many damaged images each reader is shown: few in CI; thousands where somebody looks on."""
SECONDS, MEBIBYTES = 2, 256
MOST = 8 << 20
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Memory(Layer):
    """Bytes as a layer."""

    def __init__(self, data: bytes, name: str = "disk.raw") -> None:
        self.name, self.data, self.size = name, data, len(data)
        self.closed = 0

    def read_at(self, offset: int, size: int) -> bytes:
        self.expect(offset, size)
        return self.data[offset : offset + size]

    def close(self) -> None:
        self.closed += 1


def run(program: str, *arguments: object, given: str = "") -> str:
    """Run a program and return its output; the test is skipped, with the program's name, where it is missing."""
    path = shutil.which(program, path=_PATH)
    if path is None:
        pytest.skip(f"{program} is not installed")
    words = [path, *map(str, arguments)]
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout}"
    return done.stdout


def sample(size: int, seed: int = 1, share: float = 0.3) -> bytes:
    """Return a disk's bytes: noise, text that packs well, and zeros in between."""
    chance = random.Random(seed)  # noqa: S311 - the same bytes each time
    data = bytearray(size)
    filled = 0
    while filled < size * share:
        length = min(chance.randrange(1, 100_000), size)
        start = chance.randrange(size - length + 1)
        noise = chance.randbytes(length // 2)
        data[start : start + length] = (noise + b"root:x:0:0:root:/root:/bin/bash\n" * (length // 32 + 1))[:length]
        filled += length
    data[-700:] = chance.randbytes(min(700, size))
    return bytes(data)


def convert(data: bytes, folder: Path, form: str, *options: str, name: str = "") -> Path:
    """Let qemu-img write a disk in one of its formats, and return where."""
    raw, made = folder / "source.raw", folder / (name or f"disk.{form}")
    raw.write_bytes(data)
    run("qemu-img", "convert", "-q", "-f", "raw", "-O", form, *options, raw, made)
    return made


@cache
def made(form: str, *options: str, size: int = 300_000, share: float = 0.3) -> bytes:
    """Return a small image that qemu-img wrote in one of its formats; its disk is ``sample(size, share=share)``."""
    with tempfile.TemporaryDirectory() as folder:
        return convert(sample(size, share=share), Path(folder), form, *options).read_bytes()


def small_qcow2(*options: str) -> bytes:
    """Return a small qcow2 file that qemu-img wrote with these options."""
    return made("qcow2", *options)


def read_in_steps(layer: Layer, data: bytes, seed: int = 2) -> None:
    """Hold a layer against its bytes: whole, in random parts, and not beyond its end."""
    assert layer.size == len(data)
    assert layer.read_at(0, len(data)) == data
    assert layer.read_at(len(data), 0) == b""
    chance = random.Random(seed)  # noqa: S311 - the same parts each time
    for _ in range(30):
        start = chance.randrange(len(data))
        length = chance.randrange(min(len(data) - start, 300_000) + 1)
        assert layer.read_at(start, length) == data[start : start + length]
    with pytest.raises(SourceError):
        layer.read_at(len(data) - 1, 2)


def read_all(layer: Layer) -> None:
    """Read a layer as far as a test has patience, from its beginning and its end."""
    for start in range(0, min(layer.size, MOST), 1 << 20):
        layer.read_at(start, min(1 << 20, layer.size - start))
    if layer.size > MOST:
        layer.read_at(layer.size - 65536, 65536)


def survive(read: Callable[[], object]) -> None:
    """Run a reader over something damaged: it ends with an answer or one of our errors, in bounded time and memory."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        read()
    except SourceError as error:
        assert str(error)  # noqa: PT017 - a damaged image may also be read without an error
    used = time.process_time() - began
    assert used <= SECONDS, f"{used:.1f} s"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown <= MEBIBYTES, f"{grown:.0f} MiB"


class _Whole(bytes):
    """An image that does not fill the screen where Hypothesis shows what it did."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


def damaged(whole: bytes, weak: tuple[tuple[int, int], ...]) -> st.SearchStrategy[bytes]:
    """Damage an image: bytes flipped, numbers made huge, one place copied over another, the end cut off.

    Args:
        whole: The image.
        weak: Where its tables lie, first byte and one after the last; most of the damage is done there.
    """
    return _damaged(_Whole(whole), weak)


@st.composite
def _damaged(draw: st.DrawFn, whole: _Whole, weak: tuple[tuple[int, int], ...]) -> bytes:
    data = bytearray(whole)
    places = st.one_of(*(st.integers(first, last - 1) for first, last in weak), st.integers(0, len(data) - 1))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(places)
        match draw(st.sampled_from(["flip", "huge", "copy", "number"])):
            case "flip":
                data[place] ^= draw(st.integers(1, 255))
            case "huge":
                width = draw(st.sampled_from([2, 4, 8]))
                place -= place % width
                data[place : place + width] = draw(st.sampled_from([b"\xff", b"\x7f", b"\x00", b"\x80"])) * width
            case "copy":
                source, length = draw(places), draw(st.sampled_from([8, 16, 512]))
                part = data[source : source + length][: len(data) - place]
                data[place : place + len(part)] = part
            case _:
                number = draw(st.integers(0, 1 << draw(st.integers(1, 63))))
                place -= place % 8
                data[place : place + 8] = number.to_bytes(8, draw(st.sampled_from(["big", "little"])))
        del data[len(whole) :]
    cut = draw(st.one_of(st.none(), st.integers(0, len(data)), places))
    return _Whole(data if cut is None else data[:cut])
