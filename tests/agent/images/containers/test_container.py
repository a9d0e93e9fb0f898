"""A container image as a file system."""

from __future__ import annotations

import os
import stat
import tarfile
from pathlib import Path

import pytest
from rempart_testing.container_images import (
    Layout,
    again,
    digest,
    docker_files,
    folder,
    link,
    one_image,
    pack,
    put,
    tar,
    write_tar,
)

from rempart_agent.images.containers.choice import Unchosen
from rempart_agent.images.containers.container import open_container
from rempart_agent.images.filesystem import Stored
from rempart_agent.source.contract import Limit, Malformed, Missing, Unfit

FIRST = tar(folder("etc"), put("etc/key", b"secret"), put("etc/motd", b"hello", mode=0o600, uid=7, mtime=1_700_000_000))
SECOND = tar(
    put("etc/.wh.key"),
    again("motd", "etc/motd"),
    link("l", "etc"),
    put("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
    put("pipe", type=tarfile.FIFOTYPE),
    put("ping", pax_headers={"SCHILY.xattr.security.capability": "\1\0"}),
)


def test_the_merged_tree_answers_as_lstat_would(tmp_path: Path) -> None:
    image = open_container(str(one_image(tmp_path / "image.tar", FIRST, SECOND)))
    names = {one.name: one.node for one in image.entries(image.root)}
    assert sorted(names) == ["etc", "l", "motd", "null", "ping", "pipe"]
    assert [one.name for one in image.entries(names["etc"])] == ["motd"]
    status = image.status(names["motd"])
    assert image.lookup(names["etc"], "motd") == names["motd"] == status.st_ino
    assert (status.st_mode, status.st_nlink, status.st_size) == (stat.S_IFREG | 0o644, 2, 5)
    assert (status.st_dev, status.st_blocks) == (0, 1)
    assert image.status(names["etc"]).st_nlink == 2
    assert image.readlink(names["l"]) == "etc"
    assert image.status(names["null"]).st_rdev == os.makedev(1, 3)
    assert image.xattr(names["ping"], "security.capability") == b"\1\0"
    assert image.xattr(names["motd"], "security.capability") is None
    assert image.read(names["motd"], 1, 100) == b"ello"
    assert (image.read(names["motd"], 5, 1), image.read(names["motd"], 99, 1)) == (b"", b"")
    image.close()
    image.close()


def test_times_are_whole_and_fractions_are_kept(tmp_path: Path) -> None:
    layer = tar(put("a", pax_headers={"mtime": "1700000000.5"}))
    image = open_container(str(one_image(tmp_path / "image.tar", layer)))
    status = image.status(image.lookup(image.root, "a"))
    assert (status.st_mtime_ns, status.st_ctime_ns, int(status.st_mtime)) == (17 * 10**17 + 5 * 10**8,) * 2 + (
        17 * 10**8,
    )
    image.close()


def test_what_a_later_layer_hides_is_stored_with_the_digest_of_its_layer(tmp_path: Path) -> None:
    image = open_container(str(one_image(tmp_path / "image.tar", FIRST, SECOND)))
    first, second = digest(pack(FIRST, "gzip")), digest(pack(SECOND, "gzip"))
    found = [one for one in image.stored() if one.path.startswith("/")]
    assert [(one.path, one.origin, one.deleted) for one in found] == [
        ("/etc/key", first, True),
        ("/etc/motd", first, False),
        ("/ping", second, False),
    ]
    assert image.read(found[0].node, 0, 10) == b"secret"
    assert isinstance(found[0], Stored)
    image.close()


def test_a_device_or_a_pipe_is_a_name_and_is_never_read(tmp_path: Path) -> None:
    image = open_container(str(one_image(tmp_path / "image.tar", FIRST, SECOND)))
    for name in ("null", "pipe", "l", "etc"):
        with pytest.raises(Unfit, match="no regular file"):
            image.read(image.lookup(image.root, name), 0, 1)
    with pytest.raises(Unfit, match="no folder"):
        image.entries(image.lookup(image.root, "null"))
    with pytest.raises(Unfit, match="no symbolic link"):
        image.readlink(image.root)
    with pytest.raises(Missing):
        image.lookup(image.root, "none")
    for node in (-1, 10_000):
        with pytest.raises(Missing):
            image.status(node)
    image.close()


@pytest.mark.parametrize("packed", ["gzip", "zstd", ""])
def test_archive_layout_and_docker_archive_hold_the_same_tree(tmp_path: Path, packed: str) -> None:
    made = Layout()
    made.add(made.image(FIRST, SECOND, packed=packed), "app:1")
    paths = [
        made.write_archive(tmp_path / "oci.tar"),
        made.write_folder(tmp_path / "layout"),
        write_tar(tmp_path / "docker.tar", docker_files(FIRST, SECOND)),
    ]
    trees = []
    for path in paths:
        image = open_container(str(path))
        trees.append(
            [(one.path, one.deleted, image.status(one.node), image.read(one.node, 0, 99)) for one in image.stored()]
        )
        assert image.subject.only
        image.close()
    assert trees[0] == trees[1] == trees[2]


def test_what_was_judged_is_told_for_an_attestation(tmp_path: Path) -> None:
    made = Layout()
    descriptor = made.image(FIRST, platform="linux/arm64/v8")
    made.add(made.index(descriptor, made.image(SECOND)), "app:1")
    path = str(made.write_archive(tmp_path / "image.tar"))
    image = open_container(path, platform="linux/arm64")
    said = image.subject
    assert (said.manifest, said.platform, said.names, said.only) == (
        descriptor["digest"],
        "linux/arm64",
        ("app:1",),
        False,
    )
    assert said.layers == (digest(pack(FIRST, "gzip")),)
    assert said.config == digest(image.configuration)
    image.close()
    with pytest.raises(Unchosen):
        open_container(path)


def test_an_archive_stands_for_its_image_only_where_it_holds_nothing_else(tmp_path: Path) -> None:
    def judge(made: Layout) -> bool:
        image = open_container(str(made.write_archive(tmp_path / "image.tar")), platform="linux/amd64")
        image.close()
        return image.subject.only

    made = Layout()
    app = made.image(FIRST)
    proof = {**made.image(b"{}", packed=""), "platform": {"os": "unknown", "architecture": "unknown"}}
    made.add(made.index(app, proof), "app:1")
    assert judge(made)
    made.blob(b"a layer that nothing names", "")
    assert not judge(made)
    made = Layout()
    made.add(made.index(made.image(FIRST), made.image(SECOND, platform="linux/arm64")))
    assert not judge(made)


def test_the_digest_of_the_archive_is_that_of_its_file(tmp_path: Path) -> None:
    path = one_image(tmp_path / "image.tar", FIRST)
    image = open_container(str(path))
    assert image.hash_archive() == digest(path.read_bytes())
    image.close()
    with pytest.raises(Unfit, match="closed"):
        image.hash_archive()
    made = Layout()
    made.add(made.image(FIRST))
    layout = open_container(str(made.write_folder(tmp_path / "layout")))
    assert layout.hash_archive() == ""
    layout.close()


def test_neither_form_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "root.tar", {"etc/passwd": b""})
    with pytest.raises(Malformed, match=r"root\.tar: neither an archive of OCI"):
        open_container(str(path))


def test_an_error_within_a_layer_names_the_layer(tmp_path: Path) -> None:
    for wrong in (
        tar(put("/../x")),
        tar(put("../x")),
        tar(put("a"))[:600],
        tar(put("a", pax_headers={"uid": "x"})),
    ):
        with pytest.raises(Malformed, match=r"image\.tar 'blobs/sha256/"):
            open_container(str(one_image(tmp_path / "image.tar", FIRST, wrong)))


def test_holes_count_as_bytes_since_they_are_read_as_such(tmp_path: Path) -> None:
    sparse = {"GNU.sparse.size": str(1 << 50), "GNU.sparse.map": "", "GNU.sparse.major": "0", "GNU.sparse.minor": "1"}
    with pytest.raises(Limit, match="--image-max"):
        open_container(str(one_image(tmp_path / "image.tar", tar(put("huge", pax_headers=sparse)))))


def test_nothing_stays_open_where_an_image_is_refused(tmp_path: Path) -> None:
    path = str(one_image(tmp_path / "image.tar", tar(put("../x"))))
    before = sorted(os.listdir("/proc/self/fd"))
    with pytest.raises(Malformed):
        open_container(path)
    assert sorted(os.listdir("/proc/self/fd")) == before
