"""Images of file systems, made of one tree by the tools of each, without root, mount or loop device."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from rempart_agent.images.filesystem import FileSystem
from rempart_agent.images.layer import Layer

SIZE = 340 << 20
_FAKEROOT = ("LD_PRELOAD", "LD_LIBRARY_PATH", "FAKEROOTKEY")  # what a program under fakeroot(1) has to inherit
_SBIN = "/usr/sbin:/usr/bin:/sbin:/bin"


class FileLayer(Layer):
    """A file, byte by byte."""

    def __init__(self, path: Path | str) -> None:
        self.name = os.path.basename(path)
        self._descriptor = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, size: int) -> bytes:
        self.expect(offset, size)
        return os.pread(self._descriptor, size, offset)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def need(*programs: str) -> None:
    """Skip, by name, where a tool is missing."""
    missing = [one for one in programs if shutil.which(one, path=_SBIN) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


def run(*command: str, given: str = "", faked: bool = True, **environment: str) -> str:
    """Run a tool with some text on its standard input, and a small environment of its own; ``faked`` by fakeroot(1)."""
    inherited = {name: os.environ[name] for name in _FAKEROOT if faked and name in os.environ}
    surroundings = {**inherited, **environment}
    done = subprocess.run(
        command, input=given.encode(), capture_output=True, check=False, env={"PATH": _SBIN, **surroundings}
    )
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))
    return done.stdout.decode("utf-8", "replace")


def make_ext(tree: Path, image: Path, *options: str, size: int = 24 << 20) -> Path:
    """Make ext2, ext3 or ext4 of a tree; the options are mke2fs's."""
    need("mke2fs")
    run("mke2fs", "-q", "-F", *(options or ("-t", "ext4")), "-d", str(tree), str(image), f"{size >> 10}k")
    return image


def make_xfs(tree: Path, image: Path, *options: str) -> Path:
    """Make XFS of a tree; the options are mkfs.xfs's."""
    need("mkfs.xfs")
    with image.open("wb") as file:
        file.truncate(SIZE)
    shape = image.with_suffix(".prototype")
    shape.write_text(prototype(tree, image.with_suffix(".links")), encoding="utf-8", errors="surrogateescape")
    run("mkfs.xfs", "-q", "-f", "-p", f"slashes_are_spaces=1,{shape}", *options, str(image))
    return image


def make_xfs_with_times(tree: Path, image: Path) -> Path:
    """Make XFS of a tree with the times of its files, which mkfs.xfs leaves out: xfs_db writes them in.

    It can't reach names with spaces: these keep the moment at which the image was made.
    """
    need("xfs_db")
    make_xfs(tree, image)
    words = []
    for path in sorted(tree.rglob("*")):
        if " " not in path.name:
            # the whole of a time that is a "bigtime": nanoseconds since 2^31 seconds before 1970 (xfs_format.h)
            moment = path.lstat().st_mtime_ns + (1 << 31) * 1_000_000_000
            words += ["-c", f"path /{path.relative_to(tree)}", "-c", f"write core.mtime.sec {moment}"]
    run("xfs_db", "-x", *words, str(image))
    return image


def prototype(tree: Path, links: Path) -> str:
    """Return the prototype (mkfs.xfs(8), -p) of a tree without hard links.

    Args:
        tree: The tree.
        links: A folder for links to files whose paths have spaces; in names, a slash stands for one.
    """
    status = tree.lstat()
    lines = ["/", "0 0", f"d--{status.st_mode & 0o777:03o} {status.st_uid} {status.st_gid}", *_below(tree, links), "$"]
    return "\n".join(lines) + "\n"


def _below(folder: Path, links: Path) -> list[str]:
    lines = []
    for path in sorted(folder.iterdir()):
        status = path.lstat()
        mode = status.st_mode
        bits = ("u" if mode & 0o4000 else "-") + ("g" if mode & 0o2000 else "-") + f"{mode & 0o777:03o}"
        kind, more = {
            stat.S_IFREG: ("-", _without_space(path, links)),
            stat.S_IFDIR: ("d", ""),
            stat.S_IFIFO: ("p", ""),
            stat.S_IFLNK: ("l", str(path.readlink()) if path.is_symlink() else ""),
        }[stat.S_IFMT(mode)]
        lines.append(f"{path.name.replace(' ', '/')} {kind}{bits} {status.st_uid} {status.st_gid} {more}".rstrip())
        if kind == "d":
            lines += [*_below(path, links), "$"]
    return lines


def _without_space(path: Path, links: Path) -> str:
    """Return a path to a file that has no space, which would end it."""
    if " " not in str(path):
        return str(path)
    links.mkdir(exist_ok=True)
    link = links / str(len(list(links.iterdir())))
    link.symlink_to(path)
    return str(link)


def make_fat(tree: Path, image: Path) -> Path:
    """Make FAT of a tree."""
    need("mkfs.vfat", "mcopy")
    with image.open("wb") as file:
        file.truncate(40 << 20)
    run("mkfs.vfat", "-n", "ESP", str(image))
    run("mcopy", "-s", "-i", str(image), *(str(one) for one in sorted(tree.iterdir())), "::/")
    return image


def make_squashfs(tree: Path, image: Path, *options: str) -> Path:
    """Make SquashFS of a tree; the options are mksquashfs's."""
    need("mksquashfs")
    run("mksquashfs", str(tree), str(image), "-quiet", "-no-progress", "-noappend", "-processors", "1", *options)
    return image


def make_btrfs(tree: Path, image: Path, *options: str) -> Path:
    """Make btrfs of a tree; the options are those of mkfs.btrfs."""
    need("mkfs.btrfs")
    with image.open("wb") as file:
        file.truncate(160 << 20)
    run("mkfs.btrfs", "-q", "--rootdir", str(tree), *options, str(image))
    return image


def nodes(filesystem: FileSystem) -> dict[str, int]:
    """Return all paths of a file system and their nodes."""
    found = {}
    todo = [("", filesystem.root)]
    while todo:
        path, node = todo.pop()
        for entry in filesystem.entries(node):
            here = f"{path}/{entry.name}"
            found[here] = entry.node
            if stat.S_ISDIR(filesystem.status(entry.node).st_mode):
                todo.append((here, entry.node))
    return found


def content(filesystem: FileSystem, path: str) -> bytes:
    """Return the content of a file."""
    node = nodes(filesystem)[path]
    return filesystem.read(node, 0, filesystem.status(node).st_size)


def attribute(path: Path, name: str) -> bytes | None:
    """Return an extended attribute of a file here; None for none."""
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError:
        return None


def differences(filesystem: FileSystem, tree: Path, *fields: str) -> list[str]:
    """Return in what a file system is other than the tree that it was made of: ``[]`` for nothing.

    Args:
        filesystem: What was read.
        tree: What was put in.
        fields: Of the status, those that are compared.
    """
    found = nodes(filesystem)
    told = []
    for path in sorted(tree.rglob("*")):
        name = "/" + str(path.relative_to(tree))
        node = found.pop(name, None)
        if node is None:
            told.append(f"{name}: missing")
            continue
        is_, should = filesystem.status(node), path.lstat()
        told += [
            f"{name}: {field} {getattr(is_, field)}, not {getattr(should, field)}"
            for field in fields
            if int(getattr(is_, field)) != int(getattr(should, field)) and not (field == "st_size" and path.is_dir())
        ]
        if path.is_symlink():
            told += [f"{name}: link"] if filesystem.readlink(node) != str(path.readlink()) else []
        elif path.is_file():
            told += [f"{name}: content"] if filesystem.read(node, 0, should.st_size + 9) != path.read_bytes() else []
        if filesystem.kind != "vfat":
            told += [
                f"{name}: {one}"
                for one in ("security.capability", "system.posix_acl_access")
                if filesystem.xattr(node, one) != attribute(path, one)
            ]
    return told + [f"{name}: too much" for name in found if name != "/lost+found"]


def make_tree(top: Path) -> Path:
    """Make a tree with what file systems keep in different ways: sizes, holes, links, long folders, owners, modes."""
    (top / "many").mkdir(parents=True)
    for number in range(400):
        (top / "many" / f"a-name-that-fills-blocks-of-the-folder-{number}").write_text(str(number))
    (top / "deep" / "er").mkdir(parents=True)
    (top / "empty").touch()
    (top / "small").write_text("small")
    (top / "large").write_bytes(bytes(range(256)) * 8_000)
    with (top / "hole").open("wb") as file:
        file.seek(9_000_000)
        file.write(b"behind")
    (top / "link").symlink_to("small")
    (top / "long-link").symlink_to("/" + "a" * 200)
    os.mkfifo(top / "fifo")
    (top / "set-id").write_bytes(b"program")
    if os.geteuid() == 0:
        os.chown(top / "set-id", 70_000, 80_000)
    (top / "set-id").chmod(0o6755)
    return top
