"""The files that an image consists of, by name."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from rempart_testing.container_images import Entry, Layout, again, folder, link, put, tar

from rempart_agent.images.containers.archive import Archive
from rempart_agent.images.containers.held import open_held
from rempart_agent.source.contract import Malformed, Missing


def archive_of(path: Path, *entries: Entry) -> Archive:
    """Return an archive of some members."""
    (path / "image.tar").write_bytes(tar(*entries))
    return Archive(open_held(str(path / "image.tar")))


def read(archive: Archive, name: str) -> bytes:
    """Return what a file of an archive holds."""
    found = archive.find(name)
    return found.read_at(0, found.size)


def test_files_are_found_by_name_in_archives_and_layouts(tmp_path: Path) -> None:
    made = Layout()
    descriptor = made.blob(b"content", "text")
    for path in (made.write_archive(tmp_path / "image.tar"), made.write_folder(tmp_path / "layout")):
        archive = Archive(open_held(str(path)))
        assert read(archive, "blobs/" + descriptor["digest"].replace(":", "/")) == b"content"
        assert archive.blobs() == {descriptor["digest"]}
        assert "index.json" in archive
        assert "manifest.json" not in archive


def test_links_within_an_archive_of_docker_are_followed(tmp_path: Path) -> None:
    archive = archive_of(
        tmp_path,
        folder("./v1/"),
        put("./layer.tar", b"x"),
        link("v1/layer.tar", "../layer.tar"),
        again("v2", "layer.tar"),
    )
    assert [read(archive, one) for one in ("v1/layer.tar", "v2", "./layer.tar")] == [b"x"] * 3


def test_a_name_twice_is_an_error_since_each_reader_takes_another(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"'index\.json' twice"):
        archive_of(tmp_path, put("index.json", b"a"), put("./index.json", b"b"))


def test_links_that_lead_nowhere_or_around_are_errors(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, link("a", "b"), link("b", "a"), link("c", "none"))
    with pytest.raises(Malformed, match="lead to one another"):
        archive.find("a")
    with pytest.raises(Missing, match="lacks 'c'"):
        archive.find("c")


def test_a_device_in_an_archive_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="no regular file"):
        archive_of(tmp_path, put("index.json", type=tarfile.FIFOTYPE))
