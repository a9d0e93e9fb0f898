"""A disk of Windows for tests of tables: hives that are read as any hive is, and files of a dictionary."""

import os
import stat as modes
from collections.abc import Mapping

from rempart_agent.images.windows.hive import Hive, Key
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target
from rempart_testing.registry_hive import Tree, hive

LOCAL_MACHINE = "HKEY_LOCAL_MACHINE\\"
WORKSTATION: Tree = {"ControlSet001": {"Control": {"ProductOptions": {"ProductType": "WinNT"}}}}
VERSION = {"SystemRoot": "C:\\Windows"}


def software(profiles: Mapping[str, str] = {}, microsoft: Tree | None = None) -> Tree:
    """Return the keys of the hive ``SOFTWARE``.

    Args:
        profiles: Security identifier to folder.
        microsoft: More keys below ``Microsoft``.
    """
    listed = {sid: {"ProfileImagePath": (2, f"{folder}\0".encode("utf-16-le"))} for sid, folder in profiles.items()}
    return {"Microsoft": {**(microsoft or {}), "Windows NT": {"CurrentVersion": {**VERSION, "ProfileList": listed}}}}


class WindowsDisk(Target):
    """Hives by name, with ``ControlSet001`` for the current one, and files by path."""

    platform = "windows"

    def __init__(self, files: Mapping[str, str] = {}, **hives: Tree | bytes) -> None:
        """Hold hives.

        Args:
            files: Path to content.
            hives: The name of each hive to its keys, or its bytes; without ``SYSTEM``, that of a workstation.
        """
        self._files = dict(files)
        given = {"SYSTEM": WORKSTATION, **hives}
        self._hives = {
            name: Hive(tree if isinstance(tree, bytes) else hive(tree), name=name) for name, tree in given.items()
        }

    def registry(self, path: str) -> Key | None:
        """See Target.registry."""
        name, _, rest = path.removeprefix(LOCAL_MACHINE).partition("\\")
        found = self._hives.get(name)
        return found.key(rest.replace("CurrentControlSet", "ControlSet001")) if found else None

    def listdir(self, path: str) -> list[str]:
        """See Target.listdir."""
        names = sorted(one[len(path) + 1 :] for one in self._files if one.startswith(path + "\\"))
        if not names:
            raise Missing(f"{path}: does not exist")
        return names

    def stat(self, path: str) -> os.stat_result:
        """See Target.stat."""
        if path not in self._files:
            raise Missing(f"{path}: does not exist")
        return os.stat_result((modes.S_IFREG | 0o600, *[0] * 9))

    def read(self, path: str, limit: int = 0) -> bytes:
        """See Target.read."""
        if path not in self._files:
            raise Missing(f"{path}: does not exist")
        return self._files[path].encode()
