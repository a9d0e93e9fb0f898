"""FAT against what mcopy put in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rempart_testing.images import FileLayer, differences, make_fat, run

from rempart_agent.images.fat import Fat, is_fat
from rempart_agent.source.contract import Unfit


def test_all_that_was_put_in_comes_out_in_any_case(tmp_path: Path) -> None:
    top = tmp_path / "tree"
    (top / "EFI" / "debian").mkdir(parents=True)
    (top / "EFI" / "debian" / "A Long Name.efi").write_bytes(b"e" * 70_000)
    (top / "small.txt").write_text("small")
    image = make_fat(top, tmp_path / "image")
    layer = FileLayer(image)
    assert is_fat(layer)
    filesystem = Fat(layer)
    assert filesystem.label == "ESP"
    assert filesystem.uuid == run("blkid", "-o", "value", "-s", "UUID", "-p", str(image)).strip()
    assert differences(filesystem, top, "st_size") == []
    folder = filesystem.lookup(filesystem.lookup(filesystem.root, "efi"), "DEBIAN")
    assert filesystem.status(filesystem.lookup(folder, "a long name.EFI")).st_size == 70_000
    os.truncate(image, 1 << 20)
    with pytest.raises(Unfit, match="cut off"):
        Fat(FileLayer(image))
