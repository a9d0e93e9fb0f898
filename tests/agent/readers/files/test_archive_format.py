"""Archives are read as their own programs read them, and told by their beginning."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from rempart_testing.archives_made import MAKERS, PACKERS, make_cpio, make_deb, make_tar, make_zip

from rempart_agent.readers.files import archive_format
from rempart_agent.readers.files.forward_file import ForwardFile
from rempart_agent.source.contract import Malformed, Unfit

FILES = {"a/one": b"1" * 700, "empty": b"", "a/two": b"two\n"}


def _file(data: bytes) -> ForwardFile:
    return ForwardFile(data[at : at + 100] for at in range(0, len(data), 100))


def _read(members: object) -> dict[str, bytes]:
    return {member.name: b"".join(member.parts) for member in members}  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [*MAKERS, *PACKERS])
def test_a_kind_is_told_by_its_beginning(kind: str) -> None:
    data = MAKERS[kind](FILES) if kind in MAKERS else PACKERS[kind](b"text")
    assert archive_format.recognise(data[:512]) == kind
    assert archive_format.recognise(b"x" + data[:511]) == ""


def test_text_that_speaks_of_a_kind_is_none() -> None:
    assert archive_format.recognise(b"x" * 257 + b"ustar" + b"x" * 250) == ""
    assert archive_format.recognise(b"BZh is the beginning") == ""


def test_each_reads_what_was_put_in() -> None:
    assert _read(archive_format.tar(_file(make_tar(FILES)))) == FILES
    data = make_zip(FILES)
    assert _read(archive_format.zipped(len(data), lambda at, size: data[at : at + size])) == FILES
    assert _read(archive_format.cpio(_file(make_cpio(FILES)))) == {"a/one": FILES["a/one"], "a/two": FILES["a/two"]}
    assert list(_read(archive_format.ar(_file(make_deb(FILES))))) == ["debian-binary", "control.tar.gz", "data.tar.xz"]


def test_members_that_nobody_took_are_passed_over() -> None:
    assert [member.name for member in archive_format.tar(_file(make_tar(FILES)))] == list(FILES)
    assert [member.name for member in archive_format.cpio(_file(make_cpio(FILES)))] == ["a/one", "a/two"]


@pytest.mark.skipif(not shutil.which("cpio"), reason="cpio is not installed: there is no real archive to read")
def test_an_archive_of_cpio_itself_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    names = "\n".join(["a", *FILES]).encode()
    made = subprocess.run(
        ["cpio", "-o", "-H", "newc"], input=names, cwd=tmp_path, check=True, capture_output=True
    ).stdout
    members = _read(archive_format.cpio(_file(made + make_cpio({"b": b"b"}) + b"\0" * 36 + b"\x1f\x8brest")))
    assert members == {"a/one": FILES["a/one"], "a/two": FILES["a/two"], "b": b"b", "": b"\x1f\x8brest"}


@pytest.mark.skipif(not shutil.which("tar"), reason="tar is not installed")
@pytest.mark.parametrize("form", ["v7", "ustar", "gnu", "pax"])
def test_an_archive_of_tar_itself_is_read(tmp_path: Path, form: str) -> None:
    long = "d" * 90 + "/" + "f" * 80
    (tmp_path / ("d" * 90)).mkdir()
    (tmp_path / "short").write_bytes(b"short")
    (tmp_path / long).write_bytes(b"long")
    names = ["short"] if form == "v7" else ["short", long]
    made = subprocess.run(
        ["tar", "-c", f"--format={form}", *names], cwd=tmp_path, check=True, capture_output=True
    ).stdout
    assert archive_format.recognise(made[:512]) == "tar"
    assert _read(archive_format.tar(_file(made))) == {"short": b"short", **({} if form == "v7" else {long: b"long"})}


@pytest.mark.parametrize("kind", ["tar", "cpio", "ar"])
def test_what_is_cut_off_or_followed_by_something_is_not_whole(kind: str) -> None:
    data = {"tar": make_tar, "cpio": make_cpio, "ar": make_deb}[kind](FILES)
    read = getattr(archive_format, kind)
    end = data.rstrip(b"\0")
    for cut in (len(end) - 2, 340, 100, 20):
        with pytest.raises(Malformed):
            _read(read(_file(data[:cut])))
    if kind == "tar":
        with pytest.raises(Malformed, match="follows"):
            _read(read(_file(data + b"more")))


def test_a_header_that_is_damaged_in_the_middle_is_no_end() -> None:
    data = bytearray(make_tar(FILES))
    data[1536] ^= 0xFF  # the second header
    with pytest.raises(Malformed, match="damaged"):
        _read(archive_format.tar(_file(bytes(data))))


def test_a_zip_with_sealed_members_gives_the_others() -> None:
    data = bytearray(make_zip({"a": b"first", "b": b"second"}))
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + flags] |= 1  # encrypted (APPNOTE 4.4.4)
    members = archive_format.zipped(len(data), lambda at, size: bytes(data[at : at + size]))
    with pytest.raises(archive_format.Sealed, match="encrypted"):
        b"".join(next(members).parts)
    assert b"".join(next(members).parts) == b"second"


def test_headers_that_ask_for_much_memory_are_not_believed() -> None:
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    with pytest.raises((Malformed, Unfit)):
        _read(archive_format.tar(_file(member.tobuf() + b"x" * 4096)))
    end = b"PK\5\6" + b"\0" * 4 + b"\xff\xff" * 2 + (1 << 30).to_bytes(4, "little") + b"\0" * 6
    with pytest.raises((Malformed, Unfit)):
        _read(archive_format.zipped((1 << 30) + 22, lambda at, size: (end if at > 1000 else b"")[:size]))


def test_a_zip_behind_a_program_is_told_by_its_end() -> None:
    data = make_zip(FILES)
    assert archive_format.ends_as_zip(b"#!/bin/sh\n" + data)
    assert not archive_format.ends_as_zip(data + b"x")
    assert not archive_format.ends_as_zip(b"PK\5\6")
