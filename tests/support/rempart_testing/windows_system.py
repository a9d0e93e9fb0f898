r"""A small system of Windows: its files by path, its hives built as the real ones are laid out.

Values are those that Windows 11 23H2 sets up with: CurrentVersion (setup), Services (services.msc), ProfileList.
"""

from __future__ import annotations

import copy
import lzma
from pathlib import Path
from typing import Any

from rempart_agent.images.filesystem import Entry, Node
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.images.plain_entry import FILE, FOLDER, LINK, status
from rempart_agent.images.status import Times
from rempart_agent.images.tree import Mounted
from rempart_agent.images.tree import Tree as Volumes
from rempart_agent.images.windows.target import WindowsTarget
from rempart_testing.images import need, run
from rempart_testing.registry_hive import Tree, hive

PACKED = Path(__file__).parents[2] / "agent" / "images" / "fixtures" / "windows.img.xz"
"""Made by: mkntfs -F -c 512 -L Windows of 6 MiB, mounted by ntfs-3g; mkdir -p of the folders that FILES need."""
SID = "S-1-5-21-1004336348-1177238915-682003330-1001"
CONFIG = "Windows/System32/config/"

VERSION: dict[str, Any] = {
    "SystemRoot": "C:\\WINDOWS",
    "ProductName": "Windows 10 Pro",
    "EditionID": "Professional",
    "InstallationType": "Client",
    "CurrentVersion": "6.3",
    "CurrentMajorVersionNumber": 10,
    "CurrentMinorVersionNumber": 0,
    "CurrentBuild": "22631",
    "CurrentBuildNumber": "22631",
    "UBR": 3447,
    "InstallDate": 1700000000,
    "ProfileList": {
        "S-1-5-18": {"ProfileImagePath": (2, "%systemroot%\\system32\\config\\systemprofile\0".encode("utf-16-le"))},
        "S-1-5-19": {"ProfileImagePath": (2, "%systemroot%\\ServiceProfiles\\LocalService\0".encode("utf-16-le"))},
        SID: {"ProfileImagePath": (2, "C:\\Users\\alice\0".encode("utf-16-le"))},
    },
}


def service(start: int, kind: int = 0x20, **more: Any) -> dict[str, Any]:
    """Return the key of a service."""
    return {"Start": start, "Type": kind, "ErrorControl": 1, "ImagePath": "%SystemRoot%\\System32\\svchost.exe", **more}


def system() -> dict[str, Any]:
    """Return the keys of the hive SYSTEM, to be changed at will."""
    services = {
        "Dnscache": service(2, ObjectName="NT AUTHORITY\\NetworkService", DisplayName="DNS Client"),
        "wuauserv": service(3, Parameters={"ServiceDll": (2, "%SystemRoot%\\wuaueng.dll\0".encode("utf-16-le"))}),
        "UsoSvc": service(2),
        "disk": service(0, 1),
        ".NET CLR Data": {"Linkage": {}},
        "LanmanServer": service(2, Shares={}),
    }
    current = {
        "Control": {"Session Manager": {"Environment": {"PROCESSOR_ARCHITECTURE": "AMD64"}}},
        "Services": services,
    }
    return {"Select": {"Current": 2, "Default": 2}, "ControlSet001": {}, "ControlSet002": current}


def software() -> dict[str, Any]:
    """Return the keys of the hive SOFTWARE."""
    uninstall = {
        "{23170F69-40C1-2702-2301-000001000000}": {
            "DisplayName": "7-Zip 23.01 (x64 edition)",
            "DisplayVersion": "23.01.00.0",
            "Publisher": "Igor Pavlov",
            "InstallDate": "20240101",
        },
        "Connection Manager": {"SystemComponent": 1},
    }
    return {
        "Microsoft": {
            "Windows NT": {"CurrentVersion": copy.deepcopy(VERSION)},
            "Windows": {"CurrentVersion": {"Uninstall": uninstall}},
        },
        "Policies": {"Microsoft": {}},
        "Classes": {},
    }


def user() -> dict[str, Any]:
    """Return the keys of a user's hive."""
    return {"Software": {"Microsoft": {}}, "Control Panel": {"Desktop": {"ScreenSaveActive": "1"}}}


def files(
    system_keys: Tree | None = None, software_keys: Tree | None = None, user_keys: Tree | None = None
) -> dict[str, bytes]:
    """Return the files of a system: path to content.

    Args:
        system_keys: Of the hive SYSTEM; None for those of ``system``.
        software_keys: Of SOFTWARE.
        user_keys: Of the hive of the user alice.
    """
    return {
        CONFIG + "SYSTEM": hive(system() if system_keys is None else system_keys),
        CONFIG + "SOFTWARE": hive(software() if software_keys is None else software_keys),
        CONFIG + "DEFAULT": hive({"Control Panel": {}}),
        CONFIG + "SAM": hive({"SAM": {"Domains": {"Account": {"Users": {}}}}}),
        CONFIG + "SECURITY": hive({"Policy": {}}),
        "Windows/ServiceProfiles/LocalService/NTUSER.DAT": hive({}),
        "Users/alice/NTUSER.DAT": hive(user() if user_keys is None else user_keys),
        "Users/alice/AppData/Local/Microsoft/Windows/UsrClass.dat": hive({"Local Settings": {"MuiCache": {}}}),
        "ProgramData/ssh/sshd_config": b"PasswordAuthentication no\n",
        "Data/file.txt": b"abc",
    }


class MemoryFileSystem(ListedFileSystem):
    """NTFS as far as a target sees it, in memory; a value that is a text is a link."""

    kind = "ntfs"
    folds = True
    root = 1

    def __init__(self, content: dict[str, bytes | str]) -> None:
        super().__init__("memory")
        self._below: dict[Node, dict[str, Node]] = {1: {}}
        self._data: dict[Node, bytes | str] = {}
        for path, data in content.items():
            *folders, name = path.split("/")
            here = 1
            for folder in folders:
                here = self._below[here].setdefault(folder, len(self._below) + len(self._data) + 1)
                self._below.setdefault(here, {})
            if name:
                node = len(self._below) + len(self._data) + 1
                self._below[here][name] = node
                self._data[node] = data

    def status(self, node: Node) -> Any:
        data = self._data.get(node)
        mode = FOLDER if data is None else LINK if isinstance(data, str) else FILE
        return status(node, mode, len(data or b""), Times(0, 1_700_000_000_000_000_000, 0))

    def list_names(self, folder: Node) -> list[Entry]:
        return [Entry(name, node) for name, node in self._below[folder].items()]

    def read(self, node: Node, offset: int, size: int) -> bytes:
        data = self._data[node]
        assert isinstance(data, bytes)
        return data[offset : offset + size]

    def readlink(self, node: Node) -> str:
        data = self._data[node]
        assert isinstance(data, str)
        return data


def target(content: dict[str, bytes] | None = None, others: bool = False, **links: str) -> WindowsTarget:
    """Return a target of files in memory.

    Args:
        content: The files; None for those of ``files``.
        others: See WindowsTarget.
        links: Name at the top to where it leads.
    """
    volume = MemoryFileSystem({**(files() if content is None else content), **links})
    return WindowsTarget("memory", Volumes([Mounted("/", volume, "ntfs")]), others=others)


def disk(path: Path, content: dict[str, bytes] | None = None) -> Path:
    """Make an image of NTFS with the files of a system.

    Args:
        path: The image.
        content: The files; None for those of ``files``. Their folders are those of ``files`` and some more.
    """
    need("ntfscp")
    path.write_bytes(lzma.decompress(PACKED.read_bytes()))
    for name, data in (files() if content is None else content).items():
        own = path.with_name("file")
        own.write_bytes(data)
        run("ntfscp", "-q", "-f", str(path), str(own), name)
    return path
