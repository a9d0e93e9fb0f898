"""Somebody else on the host: edits that leave a mark, so that nothing of theirs can be lost unseen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from playbooks.fix.root import Root

SHARED, WHOLE, OLD, OWN = "/etc/shared.conf", "/etc/whole.conf", "/etc/old.conf", "/etc/own.d/own.conf"
PATHS = (SHARED, WHOLE, OLD, OWN)
TEXTS = {
    SHARED: "# shared\nkey = 1\nuse nullok\nother = 1\n\n[part]\nkey = 1\nlast\n",
    WHOLE: "whole\n",
    OLD: "old\n",
}


class Edit(NamedTuple):
    """What somebody else does.

    Attributes:
        how: ``append`` and ``rewrite`` write into the file, ``rename`` puts a new one into its place, ``remove``,
            ``mode``; ``begin`` opens it for writing and ``end`` writes then.
        path: The file.
    """

    how: str
    path: str


class Others:
    """They keep account of what they wrote.

    Attributes:
        marks: What they wrote and have not taken away themselves.
        touched: The files that they touched.
    """

    def __init__(self, root: Root) -> None:
        self.root = root
        self.marks: set[str] = set()
        self.touched: set[str] = set()
        self._number = 0
        self._open: dict[str, int] = {}
        self._orphans: set[int] = set()

    def act(self, edit: Edit) -> None:
        """Do it; on what is there at this moment."""
        file = self.root.path(edit.path)
        self.touched.add(edit.path)
        if edit.how == "end":
            self._end(edit.path)
            return
        if edit.how in ("append", "rewrite", "rename"):
            file.parent.mkdir(exist_ok=True)
        if edit.how in ("remove", "mode", "begin") and not file.exists():
            return
        if edit.how == "append":
            with file.open("a") as opened:
                opened.write(self._mark())
        elif edit.how == "rewrite":
            text = file.read_text() + self._mark() if file.exists() else self._mark()
            file.write_text(text)
        elif edit.how == "rename":
            self._rename(file)
        elif edit.how == "remove":
            self._forget(file.read_text())
            self._orphan(file)
            file.unlink()
        elif edit.how == "mode":
            self._number += 1
            file.chmod(0o400 + self._number % 4)
        elif edit.path not in self._open:
            self._open[edit.path] = os.open(file, os.O_WRONLY | os.O_APPEND)

    def finish(self) -> None:
        """Close what is still open."""
        for path in list(self._open):
            self._end(path)

    def _end(self, path: str) -> None:
        handle = self._open.pop(path, None)
        if handle is None:
            return
        mark = self._mark()
        os.write(handle, mark.encode())
        # Who holds a file open that another of them has removed since writes into nothing, by their own doing.
        if handle in self._orphans:
            self._orphans.discard(handle)
            self.marks.discard(mark)
        os.close(handle)

    def _rename(self, file: Path) -> None:
        text = file.read_text() if file.exists() else ""
        spare = file.with_name("editor~")
        spare.write_text(text + self._mark())
        spare.chmod(file.stat().st_mode & 0o7777 if file.exists() else 0o644)
        self._orphan(file)
        spare.rename(file)

    def _orphan(self, file: Path) -> None:
        """Note who has a file open that one of them takes away."""
        for handle in self._open.values():
            if file.exists() and os.fstat(handle).st_ino == file.stat().st_ino:
                self._orphans.add(handle)

    def _mark(self) -> str:
        self._number += 1
        mark = f"theirs {self._number}\n"
        self.marks.add(mark)
        return mark

    def _forget(self, text: str) -> None:
        self.marks -= set(text.splitlines(keepends=True))

    def lost(self) -> set[str]:
        """Return their marks that are nowhere any more: not in a file, a spare, aside or kept."""
        places = [self.root.top, *self.root.base.glob("changes/*/aside"), *self.root.base.glob("changes/*/kept")]
        texts = [path.read_text() for place in places for path in place.rglob("*") if path.is_file()]
        return {mark for mark in self.marks if not any(mark in text.splitlines(keepends=True) for text in texts)}
