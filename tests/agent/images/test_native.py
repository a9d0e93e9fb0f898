"""Which file system lies on a layer."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.images import FileLayer, make_btrfs, make_ext, make_fat, make_squashfs, make_xfs

from rempart_agent.images.native import open_native


def test_each_is_told_by_what_it_begins_with(tmp_path: Path) -> None:
    blank = tmp_path / "blank"
    blank.write_bytes(bytes(1 << 20))
    assert open_native(FileLayer(blank)) is None
    both = (make_btrfs, "btrfs"), (make_squashfs, "squashfs")
    for make, kind in ((make_ext, "ext4"), (make_xfs, "xfs"), (make_fat, "vfat"), *both):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "file").write_text("x")
        found = open_native(FileLayer(make(tmp_path / kind, tmp_path / (kind + ".img"))))
        assert found is not None
        assert found.kind == kind
