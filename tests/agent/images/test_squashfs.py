"""SquashFS against what mksquashfs put in, and against what is made to deceive."""

from __future__ import annotations

import os
import random
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, damaged, survive
from rempart_testing.images import FileLayer, content, differences, make_squashfs, nodes
from rempart_testing.squashfs_images import SYSTEM, Forged, forge

from rempart_agent.images.layer import Layer
from rempart_agent.images.squashfs import Squashfs
from rempart_agent.source.contract import Malformed, Missing, Unfit

ALL = ("st_mode", "st_uid", "st_gid", "st_nlink", "st_size", "st_mtime")
FORMS = {
    "gzip": (),
    "xz": ("-comp", "xz"),
    "xz for programs": ("-comp", "xz", "-Xbcj", "x86", "-b", "1M"),
    "zstd": ("-comp", "zstd"),
    "zstd, large blocks": ("-comp", "zstd", "-b", "1M"),
    "small blocks": ("-b", "4K"),
    "not packed": ("-noI", "-noD", "-noF", "-noX"),
    "no fragments": ("-no-fragments",),
    "fragments everywhere": ("-always-use-fragments",),
    "no index of numbers": ("-no-exports",),
    "nothing shared": ("-no-duplicates",),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, tree: Path) -> Path:
    """Return the tree with what SquashFS keeps in ways of its own."""
    top = tmp_path_factory.mktemp("squashfs") / "tree"
    subprocess.run(["cp", "-a", str(tree), str(top)], check=True)
    os.link(top / "small", top / "deep" / "hard")
    os.link(top / "large", top / "deep" / "hard-large")
    (top / "block").write_bytes(os.urandom(1 << 17))
    (top / "twice").write_bytes((top / "block").read_bytes())
    (top / "zeros").write_bytes(bytes(300_000))
    (top / "hole-at-end").touch()
    os.truncate(top / "hole-at-end", 1_000_001)
    (top / "deep" / "none").mkdir()
    (top / os.fsdecode(b"caf\xe9")).write_text("x")
    (top / ("n" * 255)).write_text("x")
    (top / "future").touch()
    os.utime(top / "future", (3_000_000_000, 3_000_000_000))
    (top / "far-link").symlink_to("a/" * 2000 + "b")
    if os.geteuid() == 0:
        os.setxattr(top / "set-id", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
        os.chown(top / "link", 12, 34, follow_symlinks=False)
    return top


@pytest.mark.parametrize("form", FORMS)
def test_all_that_was_put_in_comes_out(form: str, full: Path, tmp_path: Path) -> None:
    filesystem = Squashfs(FileLayer(make_squashfs(full, tmp_path / "image", *FORMS[form])))
    assert (filesystem.kind, filesystem.uuid, filesystem.label) == ("squashfs", "", "")
    assert differences(filesystem, full, *ALL) == []
    found = nodes(filesystem)
    assert found["/small"] == found["/deep/hard"]
    for path, node in found.items():
        assert filesystem.status(node).st_ino == node, path
    regular = {node for node in found.values() if stat.S_ISREG(filesystem.status(node).st_mode)}
    assert {one.node for one in filesystem.stored()} == regular


def test_any_part_of_a_file_is_read(full: Path, tmp_path: Path) -> None:
    filesystem = Squashfs(FileLayer(make_squashfs(full, tmp_path / "image", "-b", "4K", "-always-use-fragments")))
    found = nodes(filesystem)
    chance = random.Random(1)  # noqa: S311 - no secret
    for name in ("large", "hole", "small", "block", "empty"):
        whole = (full / name).read_bytes()
        for _ in range(60):
            at, size = chance.randrange(len(whole) + 10), chance.choice((1, 100, 4096, 4097, 50_000))
            assert filesystem.read(found["/" + name], at, size) == whole[at : at + size]


def test_devices_are_what_they_stand_for(full: Path, tmp_path: Path) -> None:
    nodes_of_devices = tmp_path / "pseudo"
    nodes_of_devices.write_text("console c 600 0 5 5 1\nlarge b 660 0 6 259 70000\n")
    image = make_squashfs(full / "deep", tmp_path / "image", "-pf", str(nodes_of_devices))
    filesystem = Squashfs(FileLayer(image))
    found = nodes(filesystem)
    console, large = (filesystem.status(found["/" + name]) for name in ("console", "large"))
    assert (stat.S_IFMT(console.st_mode), console.st_rdev) == (stat.S_IFCHR, os.makedev(5, 1))
    assert (stat.S_IFMT(large.st_mode), large.st_rdev, large.st_gid) == (stat.S_IFBLK, os.makedev(259, 70000), 6)


@pytest.mark.parametrize("compressor", ["lzo", "lz4", "lzma"])
def test_what_is_packed_in_another_way_is_refused_by_name(compressor: str, full: Path, tmp_path: Path) -> None:
    image = make_squashfs(full / "deep", tmp_path / "image", "-comp", compressor)
    with pytest.raises(Unfit, match=f"packed with {compressor}"):
        Squashfs(FileLayer(image))


def test_a_cut_file_is_refused(full: Path, tmp_path: Path) -> None:
    image = make_squashfs(full, tmp_path / "image")
    os.truncate(image, image.stat().st_size // 2)
    with pytest.raises(Unfit, match="cut off"):
        Squashfs(FileLayer(image))


def test_what_is_not_there_is_missing(full: Path, tmp_path: Path) -> None:
    filesystem = Squashfs(FileLayer(make_squashfs(full, tmp_path / "image")))
    with pytest.raises(Missing):
        filesystem.lookup(filesystem.root, "nowhere")
    for number in (0, -1, 10_000, 10_000_000):
        with pytest.raises(Missing):
            filesystem.status(number)
    found = nodes(filesystem)
    with pytest.raises(Missing):
        filesystem.readlink(found["/small"])
    with pytest.raises(Unfit):
        filesystem.read(found["/fifo"], 0, 1)
    with pytest.raises(Missing):
        filesystem.entries(found["/small"])


def test_a_forged_image_is_read_where_it_is_right(tmp_path: Path) -> None:
    """So that what is refused below is refused for what was forged."""
    filesystem = Squashfs(FileLayer(forge(tmp_path / "image", SYSTEM)))
    assert sorted(nodes(filesystem)) == ["/etc", "/etc/passwd", "/var"]
    assert content(filesystem, "/etc/passwd") == b"root"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Forged(names={"/": (("var", "/var"), ("etc", "/etc"))}), "not in order"),
        (Forged(names={"/": (("etc", "/etc"), ("etc", "/var"))}), "not in order"),
        (Forged(names={"/": ((".", "/etc"),)}), "not in order"),
        (Forged(names={"/": (("e/c", "/etc"),)}), "can't be"),
        (Forged(names={"/": (("e\0c", "/etc"),)}), "can't be"),
        (Forged(names={"/etc": (("loop", "/"),)}), "two places"),
        (Forged(names={"/etc": (("loop", "/etc"),)}), "two places"),
        (Forged(names={"/": (("etc", "/etc"), ("two", "/etc"))}), "two places"),
        (Forged(numbers={"/var": 2}), "two inodes have the number 2"),
        (Forged(numbers={"/var": 99}), "the inode 99 of"),
        (Forged(said={"/var": 2}), "is another one"),
        (Forged(kinds={"/etc": 2}), "is another one"),
        (Forged(same={"/var": "/etc"}), "names of another one"),
        (Forged(size={"/etc/passwd": 40}), "has 4 bytes, not 40"),
        (Forged(size={"/etc/passwd": 1 << 31}), "ends too early"),
    ],
)
def test_what_the_kernel_would_see_in_another_way_is_refused(change: Forged, why: str, tmp_path: Path) -> None:
    with pytest.raises((Malformed, Unfit), match=why):
        _read_all(FileLayer(forge(tmp_path / "image", SYSTEM, change)))


def _read_all(layer: Layer) -> None:
    filesystem = Squashfs(layer)
    for path, node in nodes(filesystem).items():
        status = filesystem.status(node)
        filesystem.xattr(node, "security.capability")
        if stat.S_ISREG(status.st_mode):
            for at in range(0, min(status.st_size, 1 << 20), 1 << 18):
                filesystem.read(node, at, 1 << 18)
        elif stat.S_ISLNK(status.st_mode):
            assert filesystem.readlink(node), path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return an image of which nothing is packed, so that damage reaches every field."""
    top = tmp_path_factory.mktemp("squashfs") / "tree"
    (top / "many").mkdir(parents=True)
    for number in range(40):
        (top / "many" / f"file-{number}").write_text(str(number) * 50)
    (top / "large").write_bytes(os.urandom(9000))
    (top / "link").symlink_to("large")
    if os.geteuid() == 0:
        os.setxattr(top / "large", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
    image = make_squashfs(top, top.with_name("image"), "-b", "4K", *FORMS["not packed"], "-nopad")
    return image.read_bytes()


@settings(max_examples=10 * CASES)
@given(data=st.data())
def test_damage_ends_in_rows_or_errors_of_ours(small: bytes, data: st.DataObject) -> None:
    tables = int.from_bytes(small[64:72], "little")  # inode_table_start
    broken = data.draw(damaged(small, ((0, 96), (tables, len(small)))))
    survive(lambda: _read_all(Memory(broken)))


@pytest.mark.parametrize("form", ["gzip", "xz"])
def test_a_flipped_bit_of_what_is_packed_is_found(form: str, tmp_path: Path) -> None:
    """Both carry a checksum; zstd, as mksquashfs writes it, and blocks that are not packed have none."""
    (tmp_path / "tree").mkdir()
    text = b"root:x:0:0:root:/root:/bin/bash\n" * 2000
    (tmp_path / "tree" / "file").write_bytes(text)
    refused = 0
    whole = make_squashfs(tmp_path / "tree", tmp_path / "image", *FORMS[form], "-nopad").read_bytes()
    tables = int.from_bytes(whole[64:72], "little")  # inode_table_start: the data lie before
    for at in range(tables - int(0.8 * (tables - 96)), tables):
        broken = bytearray(whole)
        broken[at] ^= 1 << at % 8
        try:
            assert content(Squashfs(Memory(bytes(broken))), "/file") == text  # a bit that pads a stream changes nothing
        except Malformed:
            refused += 1
    assert refused > 20
