"""Runs on a twin: one act of others, one run of ours (watched, killed at a step, with others at work), or a look.

A call is JSON on standard input; its answer is JSON on standard output.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import probes  # noqa: E402  # it lies beside this one, and there is nothing else of ours here

_ANSWER = "/run/twins-answer"
_BUSY = "/run/twins-busy"  # while ours runs: whoever holds a file open writes to it after that
_STEPPED = ("swap", "shift", "replace", "drop", "write_spare", "write_over", "dress", "make_folder")
_PATIENCE = 120


def main() -> None:
    """Do what is asked."""
    asked = json.load(sys.stdin)
    answer = {"theirs": lambda asked: [_do_theirs(one) for one in asked["acts"]], "ours": _do_ours, "look": _look}[
        asked["call"]
    ](asked)
    print(json.dumps(answer))


def _look(asked: dict[str, Any]) -> dict[str, Any]:
    found = probes.see_all(asked["paths"])
    marks = subprocess.run(
        ["grep", "-rhosE", "theirs-[0-9]+", "--exclude=kept", "/etc", "/home", "/var/lib/rempart"],
        stdout=subprocess.PIPE, text=True, check=False,
    ).stdout.split()  # fmt: skip
    return {"state": found, "marks": sorted(set(marks))}


def _do_theirs(asked: dict[str, Any]) -> dict[str, Any]:
    """Run a script of others; what it touches is looked at before and after."""
    before = probes.probe(asked["objects"])
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["sh", "-ec", asked["script"]],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        check=False,
    )  # fmt: skip
    return {
        "status": done.returncode,
        "said": done.stdout[-500:],
        "before": before,
        "after": probes.probe(asked["objects"]),
    }


class _Steps:
    """Counts the steps of a run; at each somebody else may act, and at one it may end."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.count = 0
        self._kill: int | str | None = asked.get("kill")
        self._seen: Counter[str] = Counter()
        self._meanwhile: list[dict[str, Any]] = asked.get("meanwhile", [])

    def step(self, point: str) -> None:
        """Let the others act, or end: at a number of steps, or at a point by its name."""
        for number, one in enumerate(self._meanwhile):
            if one["step"] <= self.count and not os.path.exists(_name(number) + ".call"):
                begin(number, one)
        if point == self._kill or (isinstance(self._kill, int) and self.count >= self._kill):
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1

    def watch(self) -> None:
        """Count what the engine does that can't be cut in two."""
        from rempart_fix import calls, journal, place

        for name in _STEPPED:
            setattr(calls, name, self._wrap(getattr(calls, name), name))
        journal.Journal._write = self._wrap(journal.Journal._write)  # type: ignore[method-assign]
        place.write_file = self._wrap(place.write_file, "write_file")
        place.Place.run = self._wrap(place.Place.run, "run")  # type: ignore[method-assign]

    def _wrap(self, call: Any, name: str = "") -> Any:
        """Return a call with a step before and after; a line of the journal is named by what it says."""

        def stepped(*words: Any, **named: Any) -> Any:
            kind = name or words[1]["s"]
            self._seen[kind] += 1
            point = f"{kind} {self._seen[kind]}"
            self.step("before " + point)
            out = call(*words, **named)
            self.step("after " + point)
            return out

        return stepped


def _name(number: int) -> str:
    return f"/run/twins-meanwhile-{number}"


def begin(number: int, one: dict[str, Any]) -> None:
    """Begin an act of others that goes on beside ours."""
    with open(_name(number) + ".call", "w") as file:
        json.dump({"call": "theirs", "acts": [one]}, file)
    # it outlives us, whoever kills us
    with open(_name(number) + ".call") as asked, open(_name(number), "w") as out:
        subprocess.Popen(
            ["sh", "-c", f"python3 {__file__}; mv {_name(number)} {_name(number)}.done"],
            stdin=asked, stdout=out, start_new_session=True,
        )  # fmt: skip
    until = time.monotonic() + _PATIENCE
    while one["opens"] and not os.path.exists(_name(number) + ".done") and not os.path.exists(one["opens"]):
        assert time.monotonic() < until, f"{one['script']} opens nothing"
        time.sleep(0.01)


def _do_ours(asked: dict[str, Any]) -> dict[str, Any]:
    """Run the engine in a process of its own, so that it can be killed; then wait for the others."""
    if os.path.exists(_ANSWER):
        os.unlink(_ANSWER)
    if asked.get("die"):
        with open("/run/twins-die", "w") as file:
            file.write(asked["die"])
    holder = _hold_dpkg() if asked.get("locked") else 0
    with open(_BUSY, "w"):
        pass
    child = os.fork()
    if not child:
        _run_engine(asked, child=os.getpid())
    _, status = os.waitpid(child, 0)
    os.unlink(_BUSY)
    if holder:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    if os.path.exists("/run/twins-die"):
        os.unlink("/run/twins-die")
    others = [_await(number, one) for number, one in enumerate(asked.get("meanwhile", []))]
    answer: dict[str, Any] = {"killed": os.WIFSIGNALED(status), "others": others}
    if os.path.exists(_ANSWER):
        with open(_ANSWER) as file:
            answer.update(json.load(file))
    return answer


def _await(number: int, one: dict[str, Any]) -> dict[str, Any]:
    if not os.path.exists(_name(number) + ".call"):
        begin(number, one)  # ours ended before it was its turn
    until = time.monotonic() + _PATIENCE
    while not os.path.exists(_name(number) + ".done"):
        assert time.monotonic() < until, f"{one['script']} does not end"
        time.sleep(0.01)
    with open(_name(number) + ".done") as file:
        answer: dict[str, Any] = json.load(file)[0]
    os.unlink(_name(number) + ".done")
    os.unlink(_name(number) + ".call")
    return answer


def _hold_dpkg() -> int:
    """Have somebody hold the lock of dpkg, until he is killed."""
    ready, tell = os.pipe()
    child = os.fork()
    if not child:
        file = open("/var/lib/dpkg/lock-frontend", "w")  # noqa: SIM115  # it is held until the end
        fcntl.lockf(file, fcntl.LOCK_EX)
        os.write(tell, b"x")
        signal.pause()
    os.read(ready, 1)
    os.close(ready)
    os.close(tell)
    return child


def _run_engine(asked: dict[str, Any], child: int) -> None:
    with open("/run/twins-engine", "w") as file:
        file.write(str(child))
    from rempart_fix import apt, change, contract, dpkg
    from rempart_fix.place import Place

    if asked.get("locked"):
        apt.WAIT = dpkg.WAIT = 1.0
    with open(os.path.join(os.path.dirname(__file__), "program.pyz"), "rb") as file:
        program = file.read()
    steps = _Steps(asked)
    steps.watch()
    place = Place(asked["change"])
    calls = {
        "fix": lambda: change.fix(place, asked["fixes"], holder="twins", program=program, guard=3600),
        "undo": lambda: change.take_back(
            place, asked.get("checks", []), force=asked.get("force", False), dry=asked.get("dry", False)
        ),
        "resume": lambda: change.resume(place, 3600),
        "keep": lambda: change.keep(place),
        "confirm": lambda: change.confirm(place),
        "whole": lambda: _undo_whole(asked["order"]),
    }
    answer: dict[str, Any]
    try:
        answer = {"answer": calls[asked["op"]]()}
    except contract.Refusal as error:
        answer = {"refused": error.text[0]}
    except BaseException:  # noqa: BLE001  # whatever it is, a person has to see it
        answer = {"crashed": traceback.format_exc()}
    with open(_ANSWER + ".part", "w") as file:
        json.dump(dict(answer, steps=steps.count), file)
    os.rename(_ANSWER + ".part", _ANSWER)
    os._exit(0)


def _undo_whole(changes: list[str]) -> dict[str, Any]:
    """Undo changes, each as another program would that knows nothing of the last; and how all stands then."""
    from rempart_fix import change
    from rempart_fix.place import Place

    rows: dict[str, Any] = {}
    for name in changes:
        settled = change.take_back(Place(name), ["NIL-01"])  # settles what was cut off
        told = change.take_back(Place(name), dry=True)
        done = change.take_back(Place(name))
        rows[name] = {"settled": settled["rows"], "told": told["rows"], "done": done["rows"]}
    return {"changes": rows, "status": change.status()["changes"]}


if __name__ == "__main__":
    main()
