"""A root filesystem: whatever its links say, no path leaves it, and every path leads where the kernel says it does."""

from __future__ import annotations

import ctypes
import os
import platform
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Loop, Missing, NotObservable, SourceError, Unfit
from rempart_agent.targets.root import RootTarget

OPENAT2 = 437  # the same number on every architecture
RESOLVE_IN_ROOT = 0x10


class How(ctypes.Structure):
    """``struct open_how`` of openat2(2)."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def resolve_by_kernel(root: str, path: str) -> str | None:
    """Return where the kernel says that ``path`` leads with ``root`` as the root directory; None where nowhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    directory = os.open(root, os.O_PATH | os.O_DIRECTORY)
    try:
        how = How(os.O_PATH | os.O_CLOEXEC, 0, RESOLVE_IN_ROOT)
        found = libc.syscall(OPENAT2, directory, path.encode(), ctypes.byref(how), ctypes.sizeof(how))
        if found < 0:
            return None
        try:
            return os.readlink(f"/proc/self/fd/{found}")
        finally:
            os.close(found)
    finally:
        os.close(directory)


@pytest.fixture(scope="module")
def outside() -> Iterator[str]:
    """Make a file outside every root that must never be reached."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"secret of the build host")
        file.flush()
        yield file.name


NAMES = st.sampled_from(["a", "b", "c", "d"])
STEPS = st.lists(st.one_of(NAMES, st.sampled_from(["..", ".", ""])), min_size=1, max_size=6)
ENTRIES = st.lists(
    st.tuples(
        st.lists(NAMES, min_size=1, max_size=3), st.sampled_from(["file", "directory", "link", "absolute"]), STEPS
    ),
    max_size=12,
)


def build(root: str, entries: list[tuple[list[str], str, list[str]]]) -> None:
    for path, kind, steps in entries:
        where = os.path.join(root, *path)
        try:
            # parents that are links are followed as far as they lead inside; the tree may become as odd as it likes
            parent = os.path.dirname(where)
            if not os.path.realpath(parent).startswith(root):
                continue
            os.makedirs(parent, exist_ok=True)
            if kind == "directory":
                os.mkdir(where)
            elif kind == "file":
                Path(where).write_text("x")
            else:
                os.symlink(("/" if kind == "absolute" else "") + "/".join(steps), where)
        except OSError:
            continue


@pytest.mark.skipif(platform.system() != "Linux", reason="openat2 is Linux's")
@settings(max_examples=300, deadline=None)
@given(ENTRIES, st.lists(STEPS, min_size=1, max_size=6))
def test_any_path_on_any_tree_of_links_leads_where_the_kernel_says(
    entries: list[tuple[list[str], str, list[str]]], paths: list[list[str]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = os.path.realpath(name)
        build(root, entries)
        target = RootTarget(root)
        for steps in paths:
            path = "/" + "/".join(steps)
            expected = resolve_by_kernel(root, path)
            try:
                target.stat(path)
                found = root.rstrip("/") + target.realpath(path).rstrip("/")
            except (Missing, Loop):
                found = None
            assert found == expected, (path, entries)


@pytest.mark.parametrize("link", ["{outside}", "../../../../../../../../../{outside}", "/proc/self/root{outside}"])
def test_no_link_leaves_the_root(tmp_path: Path, outside: str, link: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").symlink_to(link.format(outside=outside))
    with pytest.raises(Missing):
        RootTarget(str(tmp_path)).read("/etc/passwd")


def test_an_absolute_link_starts_again_inside(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "real").write_text("inside")
    (tmp_path / "etc" / "link").symlink_to("/etc/real")
    assert RootTarget(str(tmp_path)).text("/etc/link") == "inside"


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can make a device")
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero: endless


def make_socket(path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def make_directory(path: Path) -> None:
    path.mkdir()


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [make_fifo, make_device, make_socket, make_directory, make_huge, make_loop])
def test_what_is_no_file_is_refused_and_does_no_harm(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "thing")
    target = RootTarget(str(tmp_path))
    for read in (target.read, target.text, target.lines):
        with pytest.raises(Unfit):
            read("/thing")


def test_what_needs_a_running_system_is_not_observable(tmp_path: Path) -> None:
    target = RootTarget(str(tmp_path))
    for ask in (lambda: target.run(["true"]), lambda: target.ask("nftables", list), target.need_live):
        with pytest.raises(NotObservable):
            ask()


@pytest.mark.parametrize("path", ["relative", "", "/a\0b"])
def test_a_path_that_is_none_is_missing(tmp_path: Path, path: str) -> None:
    with pytest.raises(SourceError):
        RootTarget(str(tmp_path)).read(path)


def test_a_root_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        RootTarget(str(tmp_path / "nowhere"))
    (tmp_path / "file").write_text("")
    with pytest.raises((Unfit, Missing)):
        RootTarget(str(tmp_path / "file"))


def test_what_may_not_be_read_is_denied() -> None:
    with tempfile.TemporaryDirectory() as name:  # where others may look too
        place = Path(name)
        place.chmod(0o755)
        (place / "closed").write_text("x")
        (place / "closed").chmod(0)
        (place / "shut").mkdir(mode=0)
        pid = os.fork()
        if pid == 0:  # a child without root's rights
            status = 1
            try:
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setresgid(65534, 65534, 65534)
                    os.setresuid(65534, 65534, 65534)
                target = RootTarget(name)
                for call in (lambda: target.read("/closed"), lambda: target.listdir("/shut")):
                    with pytest.raises(Denied):
                        call()
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        (place / "shut").chmod(0o700)
