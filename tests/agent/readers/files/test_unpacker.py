"""Compressed files part by part: against what packed them, and never more than was allowed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.outcome import outcome

from rempart_agent.formats import zchunk, zstandard
from rempart_agent.readers.files import unpacker
from rempart_agent.source.contract import Malformed, Unfit
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
CONTENT = b"".join(b"line %d of a file that packs well\n" % n for n in range(60_000))
needs_zck = pytest.mark.skipif(not shutil.which("zck"), reason="zchunk is not installed: there is no real file")


def _zstd(content: bytes) -> bytes:
    return subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout


def _zck(content: bytes) -> bytes:
    return _zck_with(content)


def _zck_with(content: bytes, *options: str) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in").write_bytes(content)
        command = ["zck", *options, "-o", folder + "/out", folder + "/in"]
        subprocess.run(command, check=True, capture_output=True)
        return Path(folder, "out").read_bytes()


FORMS = [
    pytest.param("", lambda content: content, id="plain"),
    pytest.param(".gz", gzip.compress, id="gz"),
    pytest.param(".xz", lzma.compress, id="xz"),
    pytest.param(".bz2", bz2.compress, id="bz2"),
    pytest.param(".zst", _zstd, id="zst", marks=pytest.mark.skipif(not shutil.which("zstd"), reason="no zstd here")),
    pytest.param(".zck", _zck, id="zck", marks=needs_zck),
]
Pack = Callable[[bytes], bytes]


@pytest.mark.parametrize(("suffix", "pack"), FORMS)
def test_what_was_packed_comes_out_again(root_of: RootOf, suffix: str, pack: Pack) -> None:
    path = "/file" + suffix
    target = root_of({path: pack(CONTENT)})
    parts = list(unpacker.parts(target, path))
    assert b"".join(parts) == CONTENT
    assert max(map(len, parts)) <= 1 << 20
    assert unpacker.whole(target, path, len(CONTENT)) == CONTENT


@pytest.mark.parametrize(("suffix", "pack"), FORMS[1:5])
def test_several_streams_behind_one_another_are_one_content(root_of: RootOf, suffix: str, pack: Pack) -> None:
    target = root_of({"/file" + suffix: pack(b"one ") + pack(b"") + pack(b"two")})
    assert unpacker.whole(target, "/file" + suffix, 100) == b"one two"


@pytest.mark.parametrize(("suffix", "pack"), FORMS[1:])
def test_damaged_and_cut_off_files_are_refused(root_of: RootOf, suffix: str, pack: Pack) -> None:
    packed = pack(CONTENT)
    for damaged in (
        b"",
        packed[:-1],
        packed[:-6],
        packed[: len(packed) // 2],
        b"x" + packed,
        CONTENT,
        packed + b"rest",
    ):
        if suffix == ".zck" and damaged.endswith(b"rest"):
            continue  # its header says where it ends
        with pytest.raises(Malformed, match="/file" + suffix):
            unpacker.whole(root_of({"/file" + suffix: damaged}), "/file" + suffix, 1 << 30)


@pytest.mark.parametrize(("suffix", "pack"), FORMS)
def test_more_content_than_allowed_is_refused(root_of: RootOf, suffix: str, pack: Pack) -> None:
    target = root_of({"/file" + suffix: pack(CONTENT)})
    with pytest.raises(Unfit, match="/file"):
        unpacker.whole(target, "/file" + suffix, len(CONTENT) - 1)


@needs_zck
@pytest.mark.parametrize("options", [("-u",), ("--compression-format=none",), ("-h", "sha512"), ("-D", "dictionary")])
def test_every_form_of_zchunk_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "dictionary").write_bytes(CONTENT[:4000])
    packed = _zck_with(CONTENT, *(str(tmp_path / o) if o == "dictionary" else o for o in options))
    assert b"".join(zchunk.decode(packed)) == CONTENT


@needs_zck
@settings(max_examples=60, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=5))
def test_damage_of_a_zchunk_file_never_goes_unseen(changes: list[tuple[int, int]], small_zck: bytes) -> None:
    data = bytearray(small_zck)
    for at, byte in changes:
        data[at % len(data)] = byte
    found = outcome(lambda: zchunk.decode(bytes(data)))
    assert isinstance(found, Malformed) or b"".join(found) == CONTENT[:3000]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def small_zck() -> bytes:
    """Pack a small file."""
    return _zck(CONTENT[:3000])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), suffix=st.sampled_from([".gz", ".xz", ".bz2", ".zst", ".zck"]))
def test_any_bytes_unpack_or_are_malformed(data: bytes, suffix: str, root_of: RootOf) -> None:
    target = root_of({"/file" + suffix: data})
    assert isinstance(outcome(lambda: unpacker.parts(target, "/file" + suffix)), (list, Malformed))


def test_without_a_library_a_running_machine_is_asked_and_an_image_is_refused(
    root_of: RootOf, machine_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zstandard, "_module", lambda: None)
    monkeypatch.setattr(zstandard, "_library", lambda: None)
    live = machine_of({"/file.zst": b"x"}, {"zstd -dcq -- /file.zst": b"content"})
    assert unpacker.whole(live, "/file.zst", 100) == b"content"
    with pytest.raises(Unfit, match="can't be unpacked here"):
        unpacker.whole(root_of({"/file.zst": b"x"}), "/file.zst", 100)


class _Module:
    """Python 3.14's ``compression.zstd`` as this test needs it: what the names mean, by libzstd."""

    class ZstdError(Exception):
        """What its decompressor raises."""

    class ZstdDecompressor:
        """One frame, which these tests give whole."""

        def __init__(self, dictionary: object) -> None:
            self.eof, self.needs_input, self.unused_data = False, True, b""
            self._content = b""

        def decompress(self, data: bytes, most: int) -> bytes:
            if data:
                try:
                    self._content = b"".join(zstandard._decode_by_library(zstandard._library(), [data], b""))
                except Malformed as error:
                    raise _Module.ZstdError from error
            content, self._content = self._content[:most], self._content[most:]
            self.needs_input = False
            self.eof = not self._content
            return content


@pytest.mark.skipif(not shutil.which("zstd"), reason="no zstd here")
def test_pythons_own_module_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zstandard, "_module", lambda: _Module)
    assert b"".join(zstandard.decode([_zstd(CONTENT)])) == CONTENT
    with pytest.raises(Malformed):
        list(zstandard.decode([b"garbage"]))
    with pytest.raises(Malformed):
        list(zstandard.decode([]))
