"""A folder that stands for a host's root, and the changes that are made there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rempart_fix import change
from rempart_fix.journal import Journal
from rempart_fix.place import Place

PASSWD = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n"
GROUP = "root:x:0:\nshadow:x:42:\nann:x:1000:\n"


class Root:
    """A host in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.top = folder / "root"
        self.base = folder / "base"
        self.write("/etc/passwd", PASSWD)
        self.write("/etc/group", GROUP)

    def place(self, name: str = "c-1") -> Place:
        return Place(name, root=str(self.top), base=str(self.base))

    def path(self, path: str) -> Path:
        return self.top / path.lstrip("/")

    def write(self, path: str, text: str | bytes, mode: int = 0o644) -> Path:
        file = self.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        file.chmod(mode)
        return file

    def read(self, path: str) -> str:
        return self.path(path).read_text()

    def stand(self) -> dict[str, tuple[Any, ...]]:
        """Return all that lies there, with contents, mode and owner."""
        found = {}
        for where, folders, files in os.walk(self.top):
            for name in (*folders, *files):
                path = Path(where) / name
                seen = path.lstat()
                content = b""
                if path.is_symlink():
                    content = os.readlink(path).encode()
                elif path.is_file():
                    content = path.read_bytes()
                found[f"/{path.relative_to(self.top)}"] = (seen.st_mode, seen.st_uid, seen.st_gid, content)
        return found

    def fix(self, *fixes: dict[str, Any], name: str = "c-1", check_mode: bool = False) -> list[dict[str, Any]]:
        answer = change.fix(self.place(name), fixes, check_mode=check_mode)
        found: list[dict[str, Any]] = answer["fixes"]
        return found

    def undo(self, *checks: str, name: str = "c-1", force: bool = False, dry: bool = False) -> dict[str, Any]:
        return change.take_back(self.place(name), checks, force=force, dry=dry)

    def journal(self, name: str = "c-1") -> Journal:
        return Journal(self.place(name))


def words(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Return target and word of each act of an undo."""
    return [(row["target"], row["word"]) for row in answer["rows"]]
