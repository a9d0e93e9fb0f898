"""Where inodes lie by the super block."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.images import FileLayer, make_ext, need, run

from rempart_agent.images.ext_super import SuperBlock, is_ext
from rempart_agent.source.contract import Missing, Unfit


@pytest.mark.parametrize("options", [(), ("-O", "meta_bg,^resize_inode"), ("-O", "sparse_super2"), ("-g", "1024")])
def test_inodes_lie_where_debugfs_finds_them(options: tuple[str, ...], tree: Path, tmp_path: Path) -> None:
    need("debugfs")
    image = make_ext(tree / "deep", tmp_path / "image", "-t", "ext4", "-b", "1024", *options)
    layer = FileLayer(image)
    assert is_ext(layer)
    found = SuperBlock(layer)
    for inode in (1, 2, 12, 1500, 5000):
        # "Inode 12 is part of block group 0\n\tlocated at block 261, offset 0x0580"
        said = run("debugfs", "-R", f"imap <{inode}>", str(image)).split("located at block ")[1]
        block, offset = said.strip().split(", offset ")
        assert found.offset_of(inode) == int(block) * 1024 + int(offset, 16)
    for none in (0, 1 << 30):
        with pytest.raises(Missing):
            found.offset_of(none)


@pytest.mark.parametrize("feature", ["casefold", "large_dir", "encrypt", "ea_inode"])
def test_what_would_be_looked_up_wrongly_is_refused_by_its_name(feature: str, tree: Path, tmp_path: Path) -> None:
    image = make_ext(tree / "deep", tmp_path / "image", "-t", "ext4", "-O", feature)
    with pytest.raises(Unfit, match=f"ext4 with {feature} can't be read"):
        SuperBlock(FileLayer(image))
