"""The journal of a change: each act written down before it is done and after, in lines that hold together.

``acts.jsonl`` is the truth about a change; what a controller knows is a copy. Each line carries the SHA-256 of the one
before it. A torn last line was never promised, and is dropped; a chain broken earlier refuses all.

Before an act begins there is room on disk for all that its end and its undo write down: a disk that fills up later
stops neither. Where the file system can't reserve room, a line that finds none is taken out whole.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from typing import Any, Dict, Iterable, List, Optional, Sequence, Set

from . import calls
from .contract import NONE, Act, Refusal, Text
from .paths import explain
from .place import Place, sync_folder
from .systemd import boot

VERSION = 1
_PLEDGING = ("file", "line")  # their intents are made durable together with the pledge that follows
_BEGINNING = ("begin", "wish", "intent")  # written where there is room for all that has to follow
_SLACK = 1 << 14  # bytes for words about the change itself


def _owe(act: Act, size: int) -> int:
    """Return for how many bytes there has to be room, so that an act's end and its undo can be written down.

    Of an act that looks at its file anew no exchange is pledged.
    """
    return 768 if "file" in act else 2 * size + 1024


class Entry:
    """An act of the journal, and what became of it.

    Attributes:
        n: Its number.
        act: The act: as intended, or as it came out.
        state: ``intent``, ``done``, ``void`` (never happened), ``undone``, ``moved`` (left, for somebody else changed
            it), ``unclear`` (a crash, and what stands there is neither).
        by: Who did it: ``runner``, ``timer``, ``rollback``.
        why: The reason for ``moved`` and ``unclear``.
        asides: Where content of others lies that an exchange had taken out.
        pledges: Exchanges of files that began for it, and of which a crash may have left a rest.
        boot: Of one that was undone, the start of the system in which it was; ``""`` where nobody wrote that down.
    """

    __slots__ = ("act", "asides", "boot", "by", "n", "pledges", "state", "why")

    def __init__(self, n: int, act: Act, by: str) -> None:
        self.n, self.act, self.by = n, act, by
        self.state = "intent"
        self.why: Any = None
        self.pledges: List[Dict[str, Any]] = []
        self.asides: List[str] = []
        self.boot = ""


class Journal:
    """The journal of one change, open for writing."""

    def __init__(self, place: Place, by: str = "runner") -> None:
        self.place = place
        self.by = by
        self.entries: Dict[int, Entry] = {}
        self.specs: Dict[str, Dict[str, Any]] = {}
        self.head: Dict[str, Any] = {}
        self.state: Dict[str, Any] = {}
        self.gone: Set[str] = set()
        self.failed: Set[str] = set()
        self._owing: Set[str] = set()
        self._path = os.path.join(place.folder, "acts.jsonl")
        self._file: Optional[int] = None
        self._last = ""
        self._size = 0
        self._owed = _SLACK
        self._current = 0
        place.pledge = self._pledge
        self._read()

    @property
    def exists(self) -> bool:
        """Tell whether the change was begun here."""
        return bool(self.head)

    def begin(self, holder: str, **more: Any) -> None:
        """Begin, or go on with, the change: who makes it, on which machine, by which plan."""
        if not self.head:
            self.place.make()
            self._write(dict(more, s="begin", v=VERSION, change=self.place.change, holder=holder), sync=True)

    def spec(self, check: str, spec: Dict[str, Any]) -> None:
        """Note what a check's fix wants: what is needed again where another check's undo takes it."""
        if self.specs.get(check) != spec or check in self.gone | self.failed:
            self._write({"s": "wish", "check": check, "wish": spec})  # its word in journals that lie on hosts

    def note(self, word: str, **more: Any) -> None:
        """Note what became of the change: ``open``, ``kept``, ``undone``, ``armed``, ``confirmed``."""
        self._write(dict(more, s="state", state=word), sync=True)

    def intend(self, act: Act, op: str = "do") -> int:
        """Write down, durably, what is about to be done; return its number."""
        return self.intend_all([act], op)[0]

    def intend_all(self, acts: Sequence[Act], op: str = "do") -> List[int]:
        """Write down what is about to be done one after the other, and make all of it durable at once."""
        first = max(self.entries, default=0) + 1
        for n, act in enumerate(acts, first):
            last = n == first + len(acts) - 1
            try:
                self._write({"n": n, "s": "intent", "op": op, "act": act}, sync=last and act["kind"] not in _PLEDGING)
            except Refusal:
                for earlier in range(first, n):
                    self.void(earlier)
                raise
        self._current = first
        return list(range(first, first + len(acts)))

    def undoing(self, n: int) -> None:
        """Say that what is pledged from now on is for the undo of this act."""
        self._current = n

    def _pledge(self, pledge: Dict[str, Any]) -> None:
        self._write(dict(pledge, n=self._current, s="pledge"), sync=True)

    def done(self, n: int, act: Act) -> None:
        """Note that it is done, and how it came out."""
        more = {} if act == self.entries[n].act else {"act": act}
        self._write(dict(more, n=n, s="done"))

    def void(self, n: int) -> None:
        """Note that it never happened."""
        self._write({"n": n, "s": "void"})

    def undone(self, n: int, why: Text = NONE) -> None:
        """Note that it is taken back, and what of it is not.

        Of an act that looks at its file anew it need not be durable: taken back twice, it is as it was.
        """
        sync = "file" not in self.entries[n].act
        self._write({"n": n, "s": "undone", "why": list(why), "boot": boot(self.place)}, sync=sync)

    def moved(self, n: int, why: Text, rest: Optional[Act] = None) -> None:
        """Note that it is left, for somebody else changed it since; or what is left of it."""
        self._write({"n": n, "s": "moved", "why": list(why), **({"act": rest} if rest else {})})

    def unclear(self, n: int, why: Text) -> None:
        """Note that a crash left it neither done nor undone."""
        self._write({"n": n, "s": "unclear", "why": list(why)}, sync=True)

    def settled(self, n: int) -> None:
        """Note that what a crash left of its undo is cleared away; the act is as it was."""
        self._write({"n": n, "s": "settled"}, sync=True)

    def aside(self, n: int, paths: List[str]) -> None:
        """Note where content of others lies that would else be lost."""
        self._write({"n": n, "s": "aside", "paths": paths}, sync=True)

    def share(self, n: int, checks: List[str]) -> None:
        """Note for which checks an act stands from now on."""
        self._write({"n": n, "s": "share", "for": checks}, sync=True)

    def fail(self, check: str, why: Text) -> None:
        """Note that a check's fix failed and took back what it could; of what left nothing, nothing is wanted."""
        self._write({"s": "fail", "check": check, "why": list(why), "left": bool(self.acts([check]))})

    def owe(self, check: str) -> None:
        """Note that a check's effects are to run: also after a crash."""
        self._write({"s": "owe", "check": check})

    def pay(self, check: str) -> None:
        """Note that they have run."""
        self._write({"s": "pay", "check": check})

    def owes(self, check: str) -> bool:
        """Tell whether a check's effects did not run although they were to."""
        return check in self._owing

    def acts(self, checks: Optional[Iterable[str]] = None) -> List[Entry]:
        """Return the acts that stand, newest first: all, or those that some checks asked for."""
        wanted = None if checks is None else set(checks)
        found = [one for one in self.entries.values() if one.state in ("done", "moved", "unclear")]
        found = [one for one in found if wanted is None or wanted & set(one.act.get("for", []))]
        return sorted(found, key=lambda one: -one.n)

    def open(self) -> List[Entry]:
        """Return the acts that were intended, and of which nobody knows whether they happened."""
        return [one for one in self.entries.values() if one.state == "intent"]

    def _read(self) -> None:
        try:
            with open(self._path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            return
        lines = data.split(b"\n")
        torn = lines.pop()
        size = len(data) - len(torn)
        for number, line in enumerate(lines, 1):
            try:
                one = json.loads(line.decode())
                sound = isinstance(one, dict) and one.get("prev") == self._last
            except ValueError:
                sound = False
            if not sound:
                raise Refusal(
                    f"{self._path}, line {number}: the chain is broken; nothing is rolled back by it",
                    f"{self._path}, ligne {number}\u00a0: la chaîne est rompue\u202f; rien n’est annulé d’après elle",
                )
            self._last = hashlib.sha256(line).hexdigest()
            self._take(one, len(line))
        self._size = size

    def _take(self, one: Dict[str, Any], size: int) -> None:
        word = one["s"]
        if word == "begin":
            self.head = one
        elif word == "wish":
            self.specs[one["check"]] = one["wish"]
            self.gone.discard(one["check"])
            self.failed.discard(one["check"])
        elif word == "state":
            self.state = one
            if one.get("checks") is not None:
                self.gone |= set(one["checks"] or self.specs)
        elif word == "intent":
            self.entries[one["n"]] = Entry(one["n"], one["act"], one["by"])
            self._owed += _owe(one["act"], size)
        elif word == "fail":
            self.failed.add(one["check"])
            if not one.get("left"):
                self.gone.add(one["check"])
        elif word in ("owe", "pay"):
            (self._owing.add if word == "owe" else self._owing.discard)(one["check"])
        elif word == "pledge":
            self.entries[one["n"]].pledges.append(one)
        elif word == "aside":
            self.entries[one["n"]].asides += one["paths"]
        elif word == "share":
            self.entries[one["n"]].act["for"] = one["for"]
        elif word == "settled":
            self.entries[one["n"]].pledges = []
        else:
            entry = self.entries[one["n"]]
            entry.pledges = []
            entry.state, entry.why, entry.by, entry.boot = word, one.get("why"), one["by"], one.get("boot", "")
            entry.act = one.get("act", entry.act)

    def _write(self, one: Dict[str, Any], *, sync: bool = False) -> None:
        one = dict(one, by=self.by, at=int(time.time()), prev=self._last)
        line = json.dumps(one, sort_keys=True, separators=(",", ":")).encode()
        try:
            if self._file is None:
                self._file = self._open()
            if one["s"] in _BEGINNING:
                more = _owe(one["act"], len(line)) if one["s"] == "intent" else 0
                calls.reserve(self._file, self._size + len(line) + 1 + self._owed + more)
            rest = line + b"\n"
            while rest:
                rest = rest[os.write(self._file, rest) :]
            if sync:
                os.fdatasync(self._file)
        except OSError as error:
            if self._file is not None:
                with suppress(OSError):  # behind a torn line none would be believed
                    os.ftruncate(self._file, self._size)
                    calls.reserve(self._file, self._size + self._owed)  # what was reserved went with it
            raise explain(error, self._path) from error
        self._size += len(line) + 1
        self._last = hashlib.sha256(line).hexdigest()
        self._take(json.loads(line), len(line))

    def _open(self) -> int:
        new = not os.path.exists(self._path)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if os.fstat(file).st_size > self._size:
            os.ftruncate(file, self._size)  # the last line was torn
        if new:
            sync_folder(self.place.folder)
        return file

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
