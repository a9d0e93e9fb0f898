"""Every image that the golden states are compared over, of one tree with everything right and one with planted faults.

    .venv/bin/python tests/images/build.py FOLDER

What has to look as root's is made under fakeroot. The disks of LVM and NTFS, which root alone can make, lie packed
beside the tests; btrfs is left out without root. A tool that is missing leaves its images out, by name; `made.json` in
the folder says which images there are, and why others are not.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS)]

import lzma  # noqa: E402

import pytest  # noqa: E402
from rempart_testing import golden  # noqa: E402
from rempart_testing.image_disks import EXTENTS, MIB, Part, make_disk, make_linear, make_striped  # noqa: E402
from rempart_testing.images import make_btrfs, make_ext, make_fat, make_squashfs, make_xfs_with_times, need, run  # noqa: E402
from rempart_testing.tree import everything_right, everything_wrong  # noqa: E402

TREES = {"clean": everything_right, "planted": everything_wrong}
NTFS = TESTS / "agent/images/fixtures/ntfs.img.xz"
_QCOW2 = {
    "qcow2-v2": ("-o", "compat=0.10"),
    "qcow2-v3": ("-o", "compat=1.1"),
    "qcow2-zlib": ("-c",),
    "qcow2-zstd": ("-c", "-o", "compression_type=zstd"),
    "qcow2-extended-l2": ("-o", "extended_l2=on,cluster_size=128k"),
}
_OTHERS = {
    "vdi": ("vdi",),
    "vmdk-sparse": ("vmdk", "-o", "subformat=monolithicSparse"),
    "vmdk-stream": ("vmdk", "-o", "subformat=streamOptimized"),
    "vmdk-flat": ("vmdk", "-o", "subformat=monolithicFlat"),
    "vhd-dynamic": ("vpc", "-o", "subformat=dynamic,force_size=on"),
    "vhd-fixed": ("vpc", "-o", "subformat=fixed,force_size=on"),
    "vhdx": ("vhdx",),
}


class Case(NamedTuple):
    """One image.

    Attributes:
        name: What holds the tree.
        make: Makes the image in a folder, and returns what ``--image`` is given.
    """

    name: str
    make: Callable[[Path], list[Path]]


class Parts(NamedTuple):
    """What several images of one tree are made of.

    Attributes:
        tree: The tree.
        root: An ext4 of it, as large as the packed volumes of LVM.
        disk: A disk with that, an EFI system partition and swap, by GPT.
        layout: A layout of OCI with the tree as its only layer.
    """

    tree: Path
    root: Path
    disk: Path
    layout: Path


def list_cases(parts: Parts) -> Iterator[Case]:
    """Yield all images of one tree."""
    tree, root, disk, layout = parts

    def file_system(name: str, make: Callable[[Path], object]) -> Case:
        def write(folder: Path) -> list[Path]:
            make(folder / name)
            return [folder / name]

        return Case(name, write)

    def converted(name: str, *words: str) -> Case:
        def write(folder: Path) -> list[Path]:
            need("qemu-img")
            run("qemu-img", "convert", "-q", "-f", "raw", "-O", *words, str(disk), str(folder / name))
            return [folder / name]

        return Case(name, write)

    for kind in ("ext2", "ext3", "ext4"):
        yield file_system(kind, lambda path, kind=kind: make_ext(tree, path, "-t", kind))
    yield file_system("xfs", lambda path: make_xfs_with_times(tree, path))
    yield file_system("btrfs", lambda path: _make_btrfs(tree, path))
    yield file_system("btrfs-zstd", lambda path: _make_btrfs(tree, path, "--compress", "zstd"))
    for how in ("gzip", "xz", "zstd"):
        yield file_system(f"squashfs-{how}", lambda path, how=how: make_squashfs(tree, path, "-comp", how))
    yield Case("gpt", lambda _: [disk])
    yield file_system("mbr-logical", lambda path: _make_mbr(root, path))
    yield Case("lvm-linear", lambda folder: make_linear(root, folder / "lvm-linear"))
    yield Case("lvm-striped", lambda folder: make_striped(root, folder / "lvm-striped"))
    yield Case("ntfs-beside", lambda folder: [disk, _unpack_ntfs(folder / "ntfs")])
    for name, words in _QCOW2.items():
        yield converted(name, "qcow2", *words)
    for name, words in _OTHERS.items():
        yield converted(name, *words)
    yield Case("oci-layout", lambda _: [layout])
    yield file_system("oci-archive", lambda path: _copy(layout, f"oci-archive:{path}:system:1"))
    yield file_system("docker-archive", lambda path: _copy(layout, f"docker-archive:{path}:system:1"))


def _make_btrfs(tree: Path, image: Path, *options: str) -> Path:
    """Make btrfs of a tree that really is as fakeroot shows it, since mkfs.btrfs does not see what that shows."""
    (real,) = [
        line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Uid:")
    ]
    if real != "0":
        pytest.skip("needs root: mkfs.btrfs does not see what fakeroot shows")
    packed, copy = image.with_suffix(".tar"), image.with_suffix(".tree")
    run("tar", "--numeric-owner", "-C", str(tree), "-cf", str(packed), ".")
    copy.mkdir()
    run("tar", "--numeric-owner", "-xpf", str(packed), "-C", str(copy), faked=False)
    return make_btrfs(copy, image, *options)


def _make_mbr(root: Path, disk: Path) -> Path:
    return make_disk(
        disk,
        "dos",
        Part(1, "type=83", 4),
        Part(2, "type=5", 0),
        Part(5, "type=82", 4),
        Part(6, "type=83", EXTENTS, root),
    )


def _unpack_ntfs(path: Path) -> Path:
    path.write_bytes(lzma.decompress(NTFS.read_bytes()))
    return path


def _make_layout(tree: Path, layout: Path) -> Path:
    need("umoci", "tar")
    layer = layout.with_suffix(".tar")
    run("tar", "--numeric-owner", "--sort=name", "-C", str(tree), "-cf", str(layer), ".")
    run("umoci", "init", "--layout", str(layout))
    run("umoci", "new", "--image", f"{layout}:latest")
    run("umoci", "raw", "add-layer", "--image", f"{layout}:latest", str(layer))
    layer.unlink()
    run("umoci", "gc", "--layout", str(layout))
    return layout


def _copy(layout: Path, target: str) -> None:
    need("skopeo")
    home = str(layout.parent)
    run("skopeo", "--insecure-policy", "--tmpdir", home, "copy", "-q", f"oci:{layout}:latest", target, HOME=home)


def _make_disk(root: Path, disk: Path) -> Path:
    need("mkswap")
    folder = disk.parent
    esp = folder / "esp-tree"
    (esp / "EFI").mkdir(parents=True)
    (esp / "EFI" / "loader").write_text("loader")
    swap = folder / "swap"
    with swap.open("wb") as file:
        file.truncate(4 * MIB)
    run("mkswap", "-q", str(swap))
    return make_disk(
        disk,
        "gpt",
        Part(1, "type=uefi", 40, make_fat(esp, folder / "esp")),
        Part(2, "type=swap", 4, swap),
        Part(3, 'type=linux, name="root"', EXTENTS, root),
    )


def build(top: Path) -> None:
    """Make all images of all trees in a folder, and write down what was made, and what is said of each tree itself."""
    said: dict[str, object] = {}
    for name, lay in TREES.items():
        folder = top / name
        machine = lay(folder / "tree", running=False)
        _settle(machine.root, machine.now)
        began = sum(os.times()[:4])
        found: dict[str, list[str] | str] = {}
        for case in list_cases(_attempt_parts(folder)):
            try:
                found[case.name] = [str(path) for path in case.make(folder)]
            except (pytest.skip.Exception, FileNotFoundError) as error:
                found[case.name] = f"{error}"
                print(f"{name}: {case.name} left out: {error}")
        seconds = sum(os.times()[:4]) - began
        made = sum(isinstance(one, list) for one in found.values())
        print(f"{name}: {made} of {len(found)} images, {seconds:.1f} s of CPU")
        said[name] = {"root": golden.audit(root=str(machine.root)), "images": found, "seconds": seconds}
    (top / "made.json").write_text(json.dumps(said, indent=1))


def _attempt_parts(folder: Path) -> Parts:
    """Make what several images share. A missing tool leaves its file out, and each image of it."""
    parts = Parts(folder / "tree", folder / "root.ext4", folder / "disk", folder / "layout")
    for make in (
        lambda: make_ext(parts.tree, parts.root, "-t", "ext4", "-L", "root", size=EXTENTS * MIB),
        lambda: _make_disk(parts.root, parts.disk),
        lambda: _make_layout(parts.tree, parts.layout),
    ):
        try:
            make()
        except (pytest.skip.Exception, FileNotFoundError) as error:
            print(f"{folder.name}: {error}")
    return parts


def _settle(tree: Path, now: int) -> None:
    """Make the tree what each file system can hold: the folder that ext has at its top, and whole seconds."""
    (tree / "lost+found").mkdir(0o700)
    for path in (tree, *tree.rglob("*")):
        status = path.lstat()
        seconds = int(status.st_mtime) if path.is_file() and not path.is_symlink() else now
        os.utime(path, (seconds, seconds), follow_symlinks=False)


def main() -> int:
    """Make all images in a folder, under fakeroot."""
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} FOLDER", file=sys.stderr)
        return 2
    if "FAKEROOTKEY" not in os.environ:
        program = shutil.which("fakeroot")
        if program is None:
            print("needs fakeroot", file=sys.stderr)
            return 2
        os.execv(program, [program, "--", sys.executable, __file__, sys.argv[1]])
    top = Path(sys.argv[1]).resolve()
    top.mkdir(parents=True, exist_ok=True)
    build(top)
    return 0


if __name__ == "__main__":
    sys.exit(main())
