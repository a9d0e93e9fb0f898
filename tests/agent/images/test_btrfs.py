"""Btrfs as mkfs.btrfs made it, as the kernel wrote it (recorded/build_btrfs.sh), and made to deceive."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import random
import stat
import struct
import subprocess
from functools import cache
from pathlib import Path

import pytest
from rempart_testing.btrfs_images import RECORDED, Sparse, change_item, change_super, recorded
from rempart_testing.images import FileLayer, differences, make_btrfs, nodes

from rempart_agent.images.btrfs import Btrfs
from rempart_agent.images.btrfs_checksum import name_hash
from rempart_agent.images.filesystem import FileSystem
from rempart_agent.source.contract import Malformed, Missing, Unfit

ALL = ("st_mode", "st_uid", "st_gid", "st_size", "st_mtime")  # a folder of btrfs has one link, whatever is in it
FORMS = {
    "as it comes": (),
    "zlib": ("--compress", "zlib"),
    "lzo": ("--compress", "lzo"),
    "zstd": ("--compress", "zstd"),
    "xxhash": ("--csum", "xxhash", "-n", "4k"),
    "sha256, largest blocks": ("--csum", "sha256", "-n", "64k"),
    "blake2": ("--csum", "blake2"),
    "mixed, one copy": ("-M", "-m", "single", "-d", "single"),
    "holes written": ("-O", "^no-holes"),
    "lzo, holes written": ("-O", "^no-holes", "--compress", "lzo"),
    "more trees": ("-O", "block-group-tree,quota"),
    "shrunk": ("--shrink",),
}
TOP, AT, HOME, SNAPSHOTS = 5, 256, 257, 258


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, tree: Path) -> Path:
    """Return the tree with what btrfs keeps in ways of its own."""
    top = tmp_path_factory.mktemp("btrfs") / "tree"
    subprocess.run(["cp", "-a", str(tree), str(top)], check=True)
    os.link(top / "small", top / "deep" / "hard")
    (top / "block").write_bytes(os.urandom(1 << 17))
    (top / "zeros").write_bytes(bytes(300_000))
    (top / "text").write_bytes(b"".join(b"%d line %d\n" % (one * one, one) for one in range(30_000)))
    (top / "hole-at-end").touch()
    os.truncate(top / "hole-at-end", 1_000_001)
    (top / os.fsdecode(b"caf\xe9")).write_text("x")
    (top / ("n" * 255)).write_text("x")
    (top / "future").touch()
    os.utime(top / "future", (3_000_000_000, 3_000_000_000))
    if os.geteuid() == 0:
        os.setxattr(top / "set-id", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
        os.chown(top / "link", 12, 34, follow_symlinks=False)
    return top


@pytest.mark.parametrize("form", FORMS)
def test_all_that_was_put_in_comes_out(form: str, full: Path, tmp_path: Path) -> None:
    if form == "xxhash":
        pytest.importorskip("xxhash")
    filesystem = Btrfs(FileLayer(make_btrfs(full, tmp_path / "image", "-L", "data", *FORMS[form])))
    assert (filesystem.kind, filesystem.label, len(filesystem.uuid)) == ("btrfs", "data", 36)
    assert differences(filesystem, full, *ALL) == []
    found = nodes(filesystem)
    assert found["/small"] == found["/deep/hard"]
    assert filesystem.status(found["/small"]).st_nlink == 2
    regular = {node for node in found.values() if stat.S_ISREG(filesystem.status(node).st_mode)}
    assert {one.node for one in filesystem.stored()} == regular


def test_subvolumes_stand_at_their_place_and_the_default_one_is_seen(full: Path, tmp_path: Path) -> None:
    image = make_btrfs(full, tmp_path / "image", "--subvol", "rw:many", "--subvol", "default:deep")
    filesystem = Btrfs(FileLayer(image))
    assert sorted(nodes(filesystem)) == ["/er", "/hard"]
    assert filesystem.subvolume == "deep"
    assert sorted(path for path, _ in filesystem.parts()) == ["", "deep", "many"]
    # a hard link from one subvolume to another can't be: mkfs.btrfs makes a file of its own of each name
    assert differences(filesystem.mounted(("subvolid=5",)), full, *ALL) == []


@cache
def _kernels() -> Sparse:
    return recorded()


def _top() -> FileSystem:
    return Btrfs(_kernels()).mounted(("subvolid=5",))


def test_what_the_kernel_wrote_is_what_the_kernel_shows() -> None:
    filesystem = _top()
    shown = json.loads(lzma.decompress((RECORDED / "btrfs.json.xz").read_bytes()))
    found = nodes(filesystem)
    same: dict[str, int] = {}
    assert {one.encode("utf-8", "surrogateescape").decode("latin-1") for one in found} == set(shown)
    for path, node in found.items():
        *status, content, attributes, who = shown[path.encode("utf-8", "surrogateescape").decode("latin-1")]
        one = filesystem.status(node)
        is_ = [one.st_mode, one.st_uid, one.st_gid, one.st_nlink, one.st_size, one.st_mtime_ns, one.st_ctime_ns]
        if path == "/@snapshots/1/snapshot/var/lib/nested":
            status[5:7] = is_[5:7]  # the kernel makes this folder up, and says the time at which it does
        assert [*is_, one.st_rdev] == status, path
        if stat.S_ISLNK(one.st_mode):
            assert filesystem.readlink(node) == content
        if stat.S_ISREG(one.st_mode):
            assert hashlib.sha256(filesystem.read(node, 0, one.st_size + 9)).hexdigest() == content, path
        for name, value in attributes.items():
            assert filesystem.xattr(node, name) == bytes.fromhex(value), (path, name)
        assert filesystem.xattr(node, "user.none") is None
        assert same.setdefault(who, node) == node, path
    assert len(set(found.values())) == len(same)


def test_any_part_of_a_file_is_read() -> None:
    filesystem = _top()
    found = nodes(filesystem)
    chance = random.Random(1)  # noqa: S311 - no secret
    for name in ("plain", "zlib", "lzo", "zstd", "zclone", "clone", "prealloc", "punched", "nocow", "one", "empty"):
        node = found[f"/@/data/{name}"]
        whole = filesystem.read(node, 0, 1 << 24)
        for _ in range(30):
            at, size = chance.randrange(len(whole) + 10), chance.choice((1, 100, 4096, 4097, 50_000, 200_000))
            assert filesystem.read(node, at, size) == whole[at : at + size]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), {"@", "@home", "@snapshots"}),
        (("subvol=@home",), {"ann"}),
        (("rw", "subvol=/@home/", "nosuid"), {"ann"}),
        (("subvolid=257",), {"ann"}),
        (("subvol=@home", "subvolid=257"), {"ann"}),
        (("subvolid=0",), {"@", "@home", "@snapshots"}),
        (("subvol=/",), {"@", "@home", "@snapshots"}),
        (("subvol=@/var/lib/nested",), {"file", "er"}),
    ],
)
def test_options_choose_a_subvolume(options: tuple[str, ...], names: set[str]) -> None:
    view = Btrfs(_kernels()).mounted(options)
    assert {one.name for one in view.entries(view.root)} == names


@pytest.mark.parametrize(
    "options",
    [
        *(("subvol=@none",), ("subvol=@/etc",), ("subvol=@/etc/fstab",), ("subvolid=9",), ("subvolid=x",)),
        *(("subvol=@home", "subvolid=256"), ("subvol=@snapshots/1/snapshot/var/lib/nested",), ("subvol=gone",)),
    ],
)
def test_a_subvolume_that_is_not_there_is_an_error(options: tuple[str, ...]) -> None:
    with pytest.raises(Unfit, match="subvol"):
        Btrfs(_kernels()).mounted(options)


def test_everything_is_searched_once_snapshots_for_what_they_alone_hold() -> None:
    filesystem = Btrfs(_kernels())
    views = [("/", filesystem.mounted(("subvol=@",))), ("/home", filesystem.mounted(("subvol=@home",)))]
    found = [one.path for one in filesystem.stored_at(views)]
    assert len(found) == len(set(found))
    assert {"/etc/fstab", "/home/ann/own", "/data/later", "/var/lib/nested/er/file"} <= set(found)
    hidden = [one.rpartition("/")[2] for one in found if one.startswith("/@snapshots/1/snapshot/")]
    assert hidden == ["a-name-that-fills-leaves-of-the-tree-7", "removed"]


def test_what_is_not_there_is_missing() -> None:
    filesystem = _top()
    found = nodes(filesystem)
    with pytest.raises(Missing):
        filesystem.lookup(filesystem.root, "nowhere")
    for number in (0, -1, 255, 1 << 40, 99 << 48, 0x7FFF << 48 | 50, 1 << 62):
        with pytest.raises(Missing):
            filesystem.status(number)
    with pytest.raises(Missing):
        filesystem.readlink(found["/@/data/one"])
    with pytest.raises(Missing):
        filesystem.entries(found["/@/data/one"])
    with pytest.raises(Unfit):
        filesystem.read(found["/@/data/fifo"], 0, 1)


def _flip(disk: Sparse, place: int) -> Sparse:
    page = bytearray(disk.read_at(place - place % 4096, 4096))
    page[place % 4096] ^= 4
    return disk.with_pages({place - place % 4096: bytes(page)})


def test_a_flipped_byte_of_a_file_is_an_error_of_its_reader() -> None:
    disk = _kernels()
    marks = {"plain": b"\n29999\n", "clone": b"changed\n", "sparse": b"end\n\0\0\0\0"}
    for name, mark in marks.items():
        places = [
            at + page.index(mark) for at, page in disk.pages.items() if mark in page and page[32:36] != b"\x11" * 4
        ]
        assert places, name
        broken = Btrfs(_flip(disk, places[0])).mounted(("subvolid=5",))
        bad = 0
        for node in nodes(broken).values():
            if stat.S_ISREG(broken.status(node).st_mode):
                try:
                    broken.read(node, 0, 1 << 25)
                except Malformed as error:
                    assert "checksum of data" in str(error)  # noqa: PT017 - others are read
                    bad += 1
        assert bad, name


def _entry(number: int, name: bytes, kind: int = 1, what: int = 1) -> bytes:
    return struct.pack("<QBQQHHB", number, what, 0, 9, 0, len(name), kind) + name


def _numbered(disk: Sparse, path: str) -> int:
    node = nodes(Btrfs(disk).mounted(("subvol=@",)))[path]
    return node % (1 << 48)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("name", "not those that are found"),
        ("hash", "can't be understood"),
        ("itself", "two places"),
        ("inode", "stands for what can't be"),
        ("data", "can't be understood"),
    ],
)
def test_a_folder_that_would_be_seen_in_two_ways_is_refused(what: str, why: str) -> None:
    disk = _kernels()
    var = _numbered(disk, "/var")
    lib = name_hash(b"lib")

    def change(item: bytearray) -> None:
        match what:
            case "name" | "hash":
                item[-1] ^= 1
            case "itself":
                struct.pack_into("<Q", item, 0, var)
            case "inode":
                struct.pack_into("<Q", item, 0, 255)
            case "slash":
                item[-1:] = b"/"
            case _:
                struct.pack_into("<H", item, 25, 1)
                struct.pack_into("<H", item, 27, 2)

    index, hashed = (var, 96, 2), (var, 84, lib)
    broken = change_item(disk, AT, hashed if what == "hash" else index, change)
    if what in {"itself", "inode"}:
        broken = change_item(broken, AT, hashed, change)
    with pytest.raises(Malformed, match=why):
        nodes(Btrfs(broken).mounted(("subvol=@",)))


def test_an_inode_that_can_not_be_is_refused() -> None:
    disk = _kernels()
    number = _numbered(disk, "/data/one")

    def change(item: bytearray) -> None:
        struct.pack_into("<I", item, 52, 0o170644)

    view = Btrfs(change_item(disk, AT, (number, 1, 0), change)).mounted(("subvol=@",))
    with pytest.raises(Malformed, match="mode"):
        nodes(view)


def test_a_log_that_holds_changes_is_an_error() -> None:
    with pytest.raises(Unfit, match="not unmounted cleanly"):
        Btrfs(change_super(_kernels(), 96, "Q", 30_000_000))
