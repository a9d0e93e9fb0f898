"""ext2, ext3 and ext4 against what mke2fs put in, and what debugfs takes out."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from rempart_testing.images import FileLayer, content, differences, make_ext, need, nodes, run

from rempart_agent.images.ext import Ext
from rempart_agent.source.contract import Malformed, Missing, SourceError, Unfit

ALL = ("st_mode", "st_uid", "st_gid", "st_nlink", "st_size", "st_mtime")
FORMS = {
    "ext2": ("-t", "ext2"),
    "ext3": ("-t", "ext3"),
    "ext4": ("-t", "ext4"),
    "small inodes": ("-t", "ext4", "-I", "128"),
    "4k blocks": ("-t", "ext4", "-b", "4096"),
    "inline": ("-t", "ext4", "-O", "inline_data", "-I", "256"),
    "bigalloc": ("-t", "ext4", "-O", "bigalloc"),
    "meta_bg": ("-t", "ext4", "-O", "meta_bg,^resize_inode"),
    "32 bits": ("-t", "ext4", "-O", "^64bit"),
    "no types": ("-t", "ext2", "-O", "^filetype"),
}


@pytest.mark.parametrize("form", FORMS)
def test_all_that_was_put_in_comes_out(form: str, tree: Path, tmp_path: Path) -> None:
    filesystem = Ext(FileLayer(make_ext(tree, tmp_path / "image", *FORMS[form])))
    assert filesystem.kind == {"ext2": "ext2", "no types": "ext2", "ext3": "ext3"}.get(form, "ext4")
    assert differences(filesystem, tree, *ALL) == []


def test_attributes_stay_at_the_second_look_and_names_need_not_be_utf_8(tmp_path: Path) -> None:
    top = tmp_path / "tree"
    top.mkdir()
    name = os.fsdecode(b"caf\xe9")
    (top / name).write_text("x")
    (top / "to").symlink_to(name)
    (top / "kept").write_text("x")
    try:
        os.setxattr(top / "kept", "user.one", b"1" * 40)
        os.setxattr(top / "kept", "user.two", b"2" * 300)
    except OSError:
        pytest.skip("no extended attributes here")
    filesystem = Ext(FileLayer(make_ext(top, tmp_path / "image", "-t", "ext4", "-I", "256", "-b", "4096")))
    found = nodes(filesystem)
    assert filesystem.readlink(found["/to"]) == name
    assert "/" + name in found
    for _ in range(2):
        assert filesystem.xattr(found["/kept"], "user.one") == b"1" * 40
        assert filesystem.xattr(found["/kept"], "user.two") == b"2" * 300
        assert filesystem.xattr(found["/kept"], "user.three") is None


def test_files_equal_what_debugfs_takes_out(tree: Path, tmp_path: Path) -> None:
    need("debugfs")
    image = make_ext(tree, tmp_path / "image")
    out = tmp_path / "out"
    out.mkdir()
    run("debugfs", "-R", f"rdump /large /hole /deep {out}", str(image))
    filesystem = Ext(FileLayer(image))
    for name in ("large", "hole"):
        assert content(filesystem, "/" + name) == (out / name).read_bytes()


def _flip(image: Path, at: int, form: str, set_: int, clear: int = 0) -> None:
    with image.open("r+b") as file:
        file.seek(at)
        (value,) = struct.unpack(form, file.read(struct.calcsize(form)))
        file.seek(at)
        file.write(struct.pack(form, (value | set_) & ~clear))


# Offsets in the super block: struct ext4_super_block of the kernel's fs/ext4/ext4.h
@pytest.mark.parametrize(
    ("at", "form", "set_", "clear", "why"),
    [
        (0x60, "<I", 0x4, 0, "needs recovery"),  # EXT4_FEATURE_INCOMPAT_RECOVER
        (0x60, "<I", 0x4000, 0, "large_dir"),
        (0x60, "<I", 0x10000, 0, "encrypt"),
        (0x60, "<I", 1 << 30, 0, "feature 0x40000000"),
        (0x3A, "<H", 0, 1, "not unmounted cleanly"),  # EXT4_VALID_FS
        (0x3A, "<H", 2, 0, "has errors"),  # EXT4_ERROR_FS
    ],
)
def test_what_is_not_whole_is_refused(
    at: int, form: str, set_: int, clear: int, why: str, tree: Path, tmp_path: Path
) -> None:
    image = make_ext(tree / "deep", tmp_path / "image", size=4 << 20)
    _flip(image, 1024 + at, form, set_, clear)
    with pytest.raises(Unfit, match=why):
        Ext(FileLayer(image))


def test_a_cut_file_is_refused(tree: Path, tmp_path: Path) -> None:
    image = make_ext(tree / "deep", tmp_path / "image", size=4 << 20)
    os.truncate(image, 3 << 20)
    with pytest.raises(Unfit, match="cut off"):
        Ext(FileLayer(image))


def test_what_is_not_there_is_missing(tree: Path, tmp_path: Path) -> None:
    filesystem = Ext(FileLayer(make_ext(tree, tmp_path / "image")))
    with pytest.raises(Missing):
        filesystem.lookup(filesystem.root, "nowhere")
    with pytest.raises(Missing):
        filesystem.status(10_000_000)
    with pytest.raises(Unfit):
        filesystem.read(nodes(filesystem)["/fifo"], 0, 1)


def test_flipped_bytes_end_in_errors_of_ours(tree: Path, tmp_path: Path) -> None:
    image = make_ext(tree / "deep", tmp_path / "image", "-t", "ext4", size=2 << 20)
    whole = bytearray(image.read_bytes())
    used = [at for at in range(0, len(whole), 7) if whole[at]][:150]
    for at in used:
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        image.write_bytes(broken)
        try:
            filesystem = Ext(FileLayer(image))
            for node in filesystem.stored():
                filesystem.read(node.node, 0, 1 << 16)
        except (SourceError, Malformed):
            pass
