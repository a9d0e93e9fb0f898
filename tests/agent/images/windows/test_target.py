"""Windows as a target: paths with a drive, in whatever case; from files in memory, and from NTFS."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from rempart_testing.images import FileLayer
from rempart_testing.windows_system import SID, MemoryFileSystem, disk, files, target

from rempart_agent.images.ntfs import Ntfs
from rempart_agent.images.tree import Mounted, Tree
from rempart_agent.images.windows.target import WindowsTarget, is_windows
from rempart_agent.source.contract import Loop, Missing, NotObservable, Unfit


def test_paths_have_a_drive_and_either_slash_in_any_case() -> None:
    found = target()
    for path in ("C:\\Data\\file.txt", "c:/data/FILE.TXT", "\\\\?\\C:\\Data\\file.txt", "C:\\\\Data\\.\\file.txt"):
        assert found.read(path) == b"abc"
    assert found.listdir("C:\\Data\\") == ["file.txt"]
    assert [name for name, _, _ in found.statuses("C:\\Data")] == ["file.txt"]
    assert stat.S_ISDIR(found.stat("C:").st_mode)
    assert found.realpath("c:\\Data\\..\\Data\\file.txt") == "C:\\Data\\file.txt"


@pytest.mark.parametrize("path", ["/Data/file.txt", "Data", "\\Data", "C:Data", "D:\\x", "C:\\Data\\no", "", "C:\\\0"])
def test_what_is_no_path_or_another_drive_does_not_exist(path: str) -> None:
    with pytest.raises(Missing):
        target().stat(path)


def test_other_drives_and_machines_can_not_be_observed() -> None:
    with pytest.raises(NotObservable, match="which volume is D:"):
        target(others=True).stat("D:\\x")
    with pytest.raises(NotObservable, match="another machine"):
        target().stat("\\\\server\\share\\x")


def test_links_lead_where_windows_would_go() -> None:
    found = target(
        Junction="\\??\\C:\\Data", Up="Junction\\..\\Data", Volume="\\??\\Volume{1}\\", Round="\\??\\C:\\Round"
    )
    assert found.read("C:\\junction\\file.txt") == b"abc"
    assert found.read("C:\\Up\\file.txt") == b"abc"
    with pytest.raises(Unfit):
        found.stat("C:\\Volume\\x")
    with pytest.raises(Loop):
        found.stat("C:\\Round\\x")


def test_a_system_that_was_put_to_sleep_is_refused() -> None:
    assert target({**files(), "hiberfil.sys": b"WAKE"}).listdir("C:\\Data")
    with pytest.raises(Unfit, match="put to sleep"):
        target({**files(), "hiberfil.sys": b"hibr" + bytes(100)})


def test_only_ntfs_with_a_hive_of_the_system_is_windows() -> None:
    volume = MemoryFileSystem(files())
    assert is_windows(volume)
    assert not is_windows(MemoryFileSystem({"Windows/x": b""}))
    volume.kind = "ext4"
    assert not is_windows(volume)


def test_a_disk_of_ntfs_is_read(tmp_path: Path) -> None:
    volume = Ntfs(FileLayer(disk(tmp_path / "disk.img")))
    assert is_windows(volume)
    found = WindowsTarget("disk", Tree([Mounted("/", volume, "ntfs")]))
    assert found.platform == "windows"
    assert found.read("C:\\data\\FILE.txt") == b"abc"
    assert found.registry(f"HKEY_USERS\\{SID}\\Software\\Microsoft") is not None
    assert found.expand("%windir%\\x %nothing%") == "C:\\WINDOWS\\x %nothing%"
