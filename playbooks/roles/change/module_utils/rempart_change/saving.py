"""Saving what a change is about to touch, each thing once."""

import hashlib
import os
from typing import Any, Dict, List, Tuple

from .place import Refusal, write_file
from .sight import (
    expand,
    expand_sysctls,
    expand_units,
    list_homes,
    list_packages,
    list_rules,
    list_set_uid,
    see_path,
    see_sysctl,
    see_unit,
)

# With the copies that the tools for accounts leave.
_ACCOUNTS = [name + copy for name in ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow") for copy in ("", "-")]
_MAX_SAVED = 256 << 20


class Saver:
    """Saves what checks' fixes touch.

    Attributes:
        entries: What was saved: a dictionary each.
    """

    def __init__(self, folder: str, entries: List[Dict[str, Any]]) -> None:
        self.folder = folder
        self.entries = entries
        self._known: Dict[Tuple[Any, ...], int] = {}
        self._bytes = 0

    def save(self, wish: Dict[str, Any]) -> List[int]:
        """Save what the fix of one check touches, and return the numbers of the entries.

        Args:
            wish: ``files``, ``attributes``, ``trees`` (lists of paths or patterns), ``units`` and ``sysctls`` (names
                or patterns), ``packages`` (names that may come), ``accounts``, ``homes``, ``set_uid``, ``nftables``
                (true or false). Files are saved whole, of ``attributes``, ``homes`` (of people) and ``set_uid``
                (programs) owner, mode and ACL only, of ``trees`` all below; a path need not exist.

        Raises:
            Refusal: It can't be saved.
        """
        numbers: List[int] = []
        files = list(wish.get("files", [])) + (_ACCOUNTS if wish.get("accounts") else [])
        for path in expand(files):
            numbers += self._path(path, content=True)
        attributes = list(expand(wish.get("attributes", [])))
        attributes += list_homes() if wish.get("homes") else []
        attributes += list_set_uid() if wish.get("set_uid") else []
        for path in attributes:
            numbers += self._path(path, content=False)
        for path in expand(wish.get("trees", [])):
            numbers += self._tree(path)
        numbers += [self._note(("unit", name), see_unit(name)) for name in expand_units(wish.get("units", []))]
        numbers += [self._note(("sysctl", name), see_sysctl(name)) for name in expand_sysctls(wish.get("sysctls", []))]
        if wish.get("packages"):
            numbers.append(self._note(("packages",), {"kind": "packages", "names": list_packages()}))
        if wish.get("nftables"):
            numbers.append(self._note(("nftables",), self._rules()))
        return numbers

    def _note(self, key: Tuple[Any, ...], entry: Dict[str, Any]) -> int:
        if key not in self._known:
            self._known[key] = len(self.entries)
            self.entries.append(entry)
        return self._known[key]

    def _path(self, path: str, *, content: bool) -> List[int]:
        found = see_path(path)
        found["content"] = content
        numbers = []
        if found["type"] == "link":  # the file behind it is what is edited
            real = os.path.realpath(path)
            numbers = self._path(real, content=content) if os.path.lexists(real) and real != path else []
        if content and found["type"] == "file" and ("path", path, content) not in self._known:
            with open(path, "rb") as file:
                data = file.read(_MAX_SAVED + 1)
            found.update(self._keep(data))
        return [*numbers, self._note(("path", path, content), found)]

    def _keep(self, data: bytes) -> Dict[str, str]:
        self._bytes += len(data)
        if self._bytes > _MAX_SAVED:
            raise Refusal(f"more than {_MAX_SAVED >> 20} MiB would have to be saved")
        name = f"data/{len(self.entries)}"
        write_file(os.path.join(self.folder, name), data)
        return {"data": name, "sha256": hashlib.sha256(data).hexdigest()}

    def _tree(self, top: str) -> List[int]:
        inside: List[str] = []
        numbers = self._path(top, content=True)
        if os.path.isdir(top) and not os.path.islink(top):
            for where, folders, files in os.walk(top):
                for name in sorted(folders + files):
                    path = os.path.join(where, name)
                    inside.append(path)
                    numbers += self._path(path, content=True)
        return [*numbers, self._note(("tree", top), {"kind": "tree", "path": top, "inside": inside})]

    def _rules(self) -> Dict[str, Any]:
        rules = list_rules()
        kept = self._keep(rules.encode()) if rules else {"data": "", "sha256": ""}
        return {"kind": "nftables", **kept}
