"""What is opened of an image before anything of it is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rempart_testing.container_images import Layout, one_image, part, put, tar

from rempart_agent.images.containers.held import Part, is_container, open_held, spool_folder
from rempart_agent.source.contract import Limit, Missing, Unfit


def open_files() -> set[str]:
    """Return what this process has open."""
    found = set()
    for one in os.listdir("/proc/self/fd"):
        try:
            found.add(one + os.readlink("/proc/self/fd/" + one))
        except FileNotFoundError:
            pass
    return found


def test_an_archive_and_a_layout_are_containers_and_a_disk_is_none(tmp_path: Path) -> None:
    assert is_container(str(one_image(tmp_path / "image.tar", tar(put("a")))))
    assert is_container(str(Layout().write_folder(tmp_path / "layout")))
    (tmp_path / "disk.raw").write_bytes(b"\xeb\x63\x90" + bytes(507) + b"\x55\xaa" + bytes(4096))
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    assert [is_container(str(tmp_path / one)) for one in ("disk.raw", "empty", "folder")] == [False] * 3


def test_a_pipe_or_a_device_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    Layout().write_folder(tmp_path / "layout")
    (tmp_path / "layout" / "index.json").unlink()
    (tmp_path / "layout" / "index.json").symlink_to(tmp_path / "pipe")
    before = open_files()
    for path in (tmp_path / "pipe", tmp_path / "layout", Path("/dev/null")):
        with pytest.raises(Unfit, match="no regular file"):
            open_held(str(path))
    assert open_files() == before


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        open_held(str(tmp_path / "none"))


def test_only_blobs_by_digest_are_opened_in_a_layout(tmp_path: Path) -> None:
    made = Layout()
    made.blob(b"x", "text")
    folder = made.write_folder(tmp_path / "layout")
    for other in ("blobs/sha256/README", "blobs/md5/" + "0" * 32, "secret", "blobs/sha256/" + "G" * 64):
        (folder / other).parent.mkdir(exist_ok=True)
        (folder / other).write_bytes(b"")
    held = open_held(str(folder))
    assert sorted(held.files) == sorted(made.all_files())
    held.close()


def test_more_blobs_than_descriptors_are_refused(tmp_path: Path) -> None:
    folder = Layout().write_folder(tmp_path / "layout") / "blobs" / "sha256"
    folder.mkdir(parents=True)
    for number in range(513):
        (folder / f"{number:064}").touch()
    with pytest.raises(Limit, match="more than 512 blobs"):
        open_held(str(tmp_path / "layout"))


@pytest.mark.parametrize("nameless", [True, False])
def test_the_spool_has_no_name_and_nobody_else_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    """It is gone when the process is, however that ends. Some file systems need a name for a moment."""
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setenv("TMPDIR", str(spool))
    monkeypatch.setattr("tempfile.tempdir", None)
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE")
    assert spool_folder() == str(spool)
    held = open_held(str(one_image(tmp_path / "image.tar", tar(put("a")))))
    os.write(held.spool, b"x")
    status = os.fstat(held.spool)
    assert (os.listdir(spool), status.st_nlink, status.st_mode & 0o777) == ([], 0, 0o600)
    assert len(held.descriptors()) == 2
    held.close()


def test_a_part_never_returns_less_than_was_asked(tmp_path: Path) -> None:
    whole = part(tmp_path / "file", b"0123456789")
    inner = whole.part("inner", 2, 5)
    assert isinstance(inner, Part)
    assert (inner.read_at(1, 3), inner.read_at(5, 0)) == (b"345", b"")
    with pytest.raises(Unfit):
        inner.read_at(3, 3)
    with pytest.raises(Unfit):
        whole.part("beyond", 8, 3)
    os.truncate(tmp_path / "file", 4)
    with pytest.raises(Unfit, match="became shorter"):
        inner.read_at(1, 3)
