"""The images of the main job: one tree as a disk (GPT, LVM, ext4) in three formats, and as a container. Needs root."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rempart_testing.image_disks import MIB, Part, make_disk
from rempart_testing.images import make_fat, run

SIZE = 2000
"""The MiB of the disk."""
_ESP, _ROOT, _SWAP, _EXTENT = 64, 1792, 64, 4
_START = (1 + _ESP + 1) * MIB
_DATA = 1 * MIB
_CONF = """devices {{ use_devicesfile=0 filter=["a|^{0}$|","r|.*|"] global_filter=["a|^{0}$|","r|.*|"]
  md_component_detection=0 external_device_info_source="none" obtain_device_list_from_udev=0 sysfs_scan=0
  multipath_component_detection=0 }}
activation {{ udev_sync=0 udev_rules=0 verify_udev_operations=0 monitoring=0 }}
backup {{ backup=0 archive=0 }}
"""


@contextmanager
def _loop(disk: Path, start: int, size: int) -> Iterator[str]:
    device = run("losetup", "-f", "--show", "-o", str(start), "--sizelimit", str(size), str(disk)).strip()
    try:
        yield device
    finally:
        run("losetup", "-d", device)


def make_raw(tree: Path, disk: Path) -> Path:
    """Make a disk: GPT with an EFI system partition and LVM, in that ext4 with the tree, and swap.

    LVM itself writes its volumes, over a loop device; the ext4 is written where the volume `root` then lies, since a
    device mapper is not there everywhere.
    """
    esp = disk.parent / "esp-tree"
    (esp / "EFI/debian").mkdir(parents=True, exist_ok=True)
    (esp / "EFI/debian/grub.cfg").write_text("configfile /boot/grub/grub.cfg\n")
    size = _ROOT + _SWAP + 2 * _EXTENT
    make_disk(
        disk,
        "gpt",
        Part(1, "type=uefi", _ESP, make_fat(esp, disk.with_suffix(".esp"))),
        Part(2, "type=lvm", size),
    )
    conf = disk.parent / "lvm"
    conf.mkdir(exist_ok=True)
    with _loop(disk, _START, size * MIB) as device:
        (conf / "lvm.conf").write_text(_CONF.format(device))

        def lvm(*words: str) -> str:
            return run("lvm", *words, "--driverloaded", "n", LVM_SYSTEM_DIR=str(conf), LVM_SUPPRESS_FD_WARNINGS="1")

        lvm("pvcreate", "-q", "-y", "--dataalignment", "1m", device)
        lvm("vgcreate", "-q", "-s", f"{_EXTENT}m", "vg0", device)
        for name, mebibytes in (("root", _ROOT), ("swap", _SWAP)):
            lvm("lvcreate", "-q", "-an", "-Zn", "-Wn", "-l", str(mebibytes // _EXTENT), "-n", name, "vg0")
        place = lvm("lvs", "--noheadings", "--units", "b", "-o", "seg_pe_ranges", "vg0/root").strip()
    if not place.endswith(f":0-{_ROOT // _EXTENT - 1}"):
        raise RuntimeError(f"the volume root lies elsewhere: {place}")
    offset = _START + _DATA
    run("mke2fs", "-q", "-F", "-t", "ext4", "-d", str(tree), "-E", f"offset={offset}", str(disk), f"{_ROOT}M")
    with disk.open("r+b") as file, _swap(disk.with_suffix(".swap")).open("rb") as swap:
        file.seek(offset + _ROOT * MIB)
        file.write(swap.read(MIB))
    return disk


def _swap(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(_SWAP * MIB)
    run("mkswap", "-q", str(path))
    return path


def make_all(tree: Path, folder: Path) -> dict[str, Path]:
    """Return the images of a tree, by format; the raw disk, of which others are converted, is among them."""
    folder.mkdir(parents=True)
    raw = make_raw(tree, folder / "disk.raw")
    made = {"raw": raw, **{kind: folder / f"disk.{kind}" for kind in ("qcow2", "vmdk", "vhdx")}}
    for kind, words in (("qcow2", ("-c",)), ("vmdk", ()), ("vhdx", ())):
        run("qemu-img", "convert", "-q", "-f", "raw", "-O", kind, *words, str(raw), str(made[kind]))
    made["oci"] = folder / "system.tar"
    layout, layer = folder / "layout", folder / "layer.tar"
    run("tar", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-C", str(tree), "-cf", str(layer), ".")
    run("umoci", "init", "--layout", str(layout))
    run("umoci", "new", "--image", f"{layout}:latest")
    run("umoci", "raw", "add-layer", "--image", f"{layout}:latest", str(layer))
    run("umoci", "gc", "--layout", str(layout))
    target = f"oci-archive:{made['oci']}:golden:1"
    run(
        "skopeo",
        "--insecure-policy",
        "--tmpdir",
        str(folder),
        "copy",
        "-q",
        f"oci:{layout}:latest",
        target,
        HOME="/root",
    )
    layer.unlink()
    shutil.rmtree(layout)
    return made
