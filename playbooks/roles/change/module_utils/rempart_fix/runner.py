"""A call that goes on by itself: a transient unit of systemd does the work, and whoever asked for it asks again.

A connection that is lost, a controller that is killed, an sshd that is restarted: none of them is above the unit.
What it is doing lies beside it, and its answer stays there until the change has ended. A run that has to end (its
deadline, a shutdown, an undo) finishes the act in hand, takes back the fix in hand, and begins no other.
"""

import json
import os
import re
import shutil
import signal
import sys
import time
from contextlib import suppress
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional

from . import timer
from .calls import reserve
from .contract import Refusal, Text
from .paths import find_words
from .place import Place, make_private, write_file

_LOOK = 0.05  # seconds between two looks for the answer
_ASK = 1.0  # seconds between two looks at the unit
_STOP = 300  # seconds in which the act in hand has to end
_STOPPED: Text = (
    "it was told to end: its deadline, a shutdown, or an undo",
    "il a dû s’arrêter\u00a0: échéance, extinction, ou annulation",
)
_BEGINS: Text = ("it begins", "début")
_ROOM = 1 << 18  # bytes of an answer
_OLD = 2 * 86400  # seconds after which nobody asks any more
Do = Callable[[Place, Dict[str, Any]], Dict[str, Any]]


def is_possible(place: Place) -> bool:
    """Tell whether a unit can do the work here."""
    return place.root == "/" and os.geteuid() == 0 and os.path.isdir(timer.RUNS) and bool(shutil.which("systemd-run"))


class Run:
    """A run of a change.

    Attributes:
        unit: Its unit.
        folder: What it was asked, is doing, and answers.
    """

    def __init__(self, change: str, token: str, base: str = "") -> None:
        if not re.match(r"[0-9a-f]{4,32}\Z", token):
            raise Refusal(f"{token!r} names no run", f"{token!r} ne nomme pas d’exécution")
        self.place = Place(change, base=base)
        self.token = token
        self.unit = f"rempart-run-{change}-{token}.service"
        self.folder = os.path.join(_top(self.place), token)

    def start(self, asked: Mapping[str, Any], program: bytes, deadline: int) -> bool:
        """Start it, once: who did not hear the answer asks the same again. False where it can't be started.

        Args:
            asked: What is to be done.
            program: What does it.
            deadline: Seconds after which it has to end.
        """
        archive = os.path.join(self.folder, "program.pyz")
        try:
            for folder in (self.place.base, os.path.dirname(_top(self.place)), _top(self.place)):
                make_private(folder)
            os.makedirs(self.folder, 0o700, exist_ok=True)
            if os.path.exists(os.path.join(self.folder, "asked")):
                return True
            _forget_old(os.path.dirname(_top(self.place)))
            write_file(archive, program)
            self.make_room(_ROOM)
            self._write("asked", dict(asked))
        except OSError:  # who does it without a unit says why
            shutil.rmtree(self.folder, ignore_errors=True)
            return False
        words = ["systemd-run", "--quiet", "--collect", f"--unit={self.unit}", "--property=KillMode=mixed"]
        words += [f"--description=Rempart change {self.place.change}", f"--property=TimeoutStopSec={_STOP}"]
        words += [f"--property=RuntimeMaxSec={deadline}", "--", sys.executable, "-I", "-S", archive]
        status, _ = self.place.run([*words, "work", self.place.change, self.token], 60)
        if status:
            shutil.rmtree(self.folder)
        return status == 0

    def ask(self, patience: float) -> Dict[str, Any]:
        """Return its answer, or after some seconds what it is doing.

        Raises:
            Refusal: It ended without an answer, or is not known here.
        """
        ends = time.monotonic() + patience
        looked = time.monotonic()
        while True:
            answer = self._read("answer")
            if answer is not None:
                return answer
            now = time.monotonic()
            if now - looked >= _ASK or patience <= 0:
                looked = now
                if not self.is_alive():
                    answer = self._read("answer")
                    if answer is None:
                        raise Refusal(
                            f"{self.unit} was cut off; the record of the change holds what it did",
                            f"{self.unit} a été interrompu\u202f; la trace du changement dit ce qu’il a fait",
                        )
                    return answer
            if now >= ends:
                said = self._read("doing") or {"doing": list(_BEGINS), "until": 0}
                left = max(said["until"] - time.time(), 0)
                return {"running": True, "doing": said["doing"], "left": left, "change": self.place.change}
            time.sleep(_LOOK)

    def is_alive(self) -> bool:
        """Tell whether its unit still runs."""
        _, said = self.place.run(["systemctl", "show", "-p", "ActiveState", "--value", "--", self.unit], 30)
        return said in ("active", "activating", "deactivating", "reloading")

    def forget(self) -> None:
        """Remove what it has said: whoever asked has heard it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):  # another run of the change has its answer there still
            os.rmdir(_top(self.place))

    def work(self, do: Do) -> None:
        """Do what was asked, and leave the answer; this is the unit's own process."""
        asked = self._read("asked") or {}
        place = Place(self.place.change, base=self.place.base)
        place.run_token = self.token

        def tell(doing: Text) -> None:
            with suppress(OSError):  # of a disk that is full the acts tell, one by one
                self._write("doing", {"doing": list(doing), "until": place.guarded_until}, sync=False)

        def end(_number: int, _frame: Any) -> None:
            place.stopped = _STOPPED

        place.tell = tell
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, end)
        try:
            answer: Dict[str, Any] = {"answer": do(place, asked)}
        except Refusal as error:
            answer = {"refused": list(error.text)}
        except OSError as error:
            answer = {"refused": list(find_words(error, place.folder))}
        except Exception as error:  # noqa: BLE001  # who asked has to hear of it
            answer = {"refused": [f"{type(error).__name__}: {error}"] * 2}
        self.make_room(0)
        try:
            self._write("answer", answer)
        except OSError as error:
            self._write("answer", {"refused": list(find_words(error, self.folder))})

    def make_room(self, size: int) -> None:
        """Have room on disk for an answer, until it is written (``0``).

        Raises:
            OSError: There is none.
        """
        path = os.path.join(self.folder, "room")
        if not size:
            with suppress(OSError):
                os.unlink(path)
            return
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            reserve(handle, size)
        finally:
            os.close(handle)

    def _write(self, name: str, value: Mapping[str, Any], *, sync: bool = True) -> None:
        try:
            write_file(os.path.join(self.folder, name), json.dumps(value).encode(), sync=sync)
        except FileNotFoundError:
            pass  # the change has ended meanwhile, and what was said of it is gone

    def _read(self, name: str) -> Optional[Dict[str, Any]]:
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                found: Dict[str, Any] = json.loads(file.read().decode())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return found


def call(
    place: Place, token: str, asked: Optional[Mapping[str, Any]], program: bytes, *, deadline: int, patience: float
) -> Optional[Dict[str, Any]]:
    """Start a run, and return its answer or, ``running``, what it is doing; None where none can be started.

    Args:
        place: Of the change.
        token: Names the run.
        asked: What is to be done; None to ask a run that was started.
        program: What does it.
        deadline: Seconds after which it has to end.
        patience: Seconds that its answer is waited for.

    Raises:
        Refusal: It was refused or cut off.
    """
    run = Run(place.change, token, place.base)
    if asked is not None and not run.start(asked, program, deadline):
        return None
    found = run.ask(patience)
    if "refused" in found:
        raise Refusal(*found["refused"])
    return found


def stop(place: Place) -> None:
    """End the runs of a change, but the one that asks for it: the act in hand is finished, its fix taken back."""
    units = [run.unit for run in _list(place) if run.token != place.run_token and run.is_alive()]
    if units:
        place.tell((f"waiting for the end of {units[0]}", f"attente de la fin de {units[0]}"))
        place.run(["systemctl", "stop", "--", *units], _STOP + 30)


def find_doing(place: Place) -> Optional[List[str]]:
    """Return what a run of a change is doing, in English and French; None where none is at work."""
    for run in _list(place):
        if run.is_alive():
            said = run.ask(0)
            if said.get("running"):
                return [str(one) for one in said["doing"]]
    return None


def forget(place: Place) -> None:
    """Remove what runs of a change have said, but of the one that asks for it: the change has ended."""
    for run in _list(place):
        if run.token != place.run_token:
            run.forget()


def _forget_old(top: str) -> None:
    for change in os.listdir(top):
        for token in os.listdir(os.path.join(top, change)):
            folder = os.path.join(top, change, token)
            if os.stat(folder).st_mtime < time.time() - _OLD:
                shutil.rmtree(folder, ignore_errors=True)


def _top(place: Place) -> str:
    return os.path.join(place.base, "runs", place.change)


def _list(place: Place) -> Iterator[Run]:
    top = _top(place)
    for token in sorted(os.listdir(top)) if os.path.isdir(top) and is_possible(place) else []:
        yield Run(place.change, token, place.base)
