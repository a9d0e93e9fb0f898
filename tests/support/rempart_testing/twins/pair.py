"""A host and its twin: steps are done on them, everything of ours is undone, and they are compared."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rempart_testing.nspawn import Machine, World
from rempart_testing.twins.compare import Row, covers, differ, is_among, is_compared
from rempart_testing.twins.fixes import FIXES
from rempart_testing.twins.theirs import THEIRS

HERE = Path(__file__).resolve().parent
MODULES = HERE.parents[3] / "playbooks/roles/change/module_utils"
Step = dict[str, Any]
"""One step, as plain JSON: ``do`` says what, the rest with what."""


class Difference(AssertionError):
    """The host is not what it would be without us."""


class Pair:
    """Two hosts that boot alike.

    Attributes:
        steps: What was done, so that it can be done again.
        counts: How often what was done.
        change: The change that fixes go into.
    """

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.names = (f"a{number}", f"b{number}")
        shown = [str(HERE), str(MODULES)]
        self.one, self.twin = (world.boot(name, "", size="128m", shown=shown) for name in self.names)
        self.steps: list[Step] = []
        self.counts: Counter[str] = Counter()
        self.changes: list[str] = []
        self.kept: set[str] = set()
        self._touched: set[str] = set()
        self._excused: set[str] = set()
        self._rows: dict[tuple[str, int], Row] = {}
        self._rests: list[Row] = []
        self._raced = False
        self._pool = ThreadPoolExecutor(2)

    @property
    def change(self) -> str:
        """Return the change that fixes go into: a new one, once the last is kept."""
        return f"c-{len(self.kept) + 1}"

    def ready(self) -> Pair:
        """Wait until both have booted."""
        self._both(lambda machine: machine.await_boot())
        return self

    def end(self) -> None:
        """Take both away."""
        self._pool.shutdown()
        for machine in (self.one, self.twin):
            self.world.remove(machine)

    def _both(self, do: Callable[[Machine], Any]) -> list[Any]:
        return list(self._pool.map(do, (self.one, self.twin)))

    def _call(self, machine: Machine, **asked: Any) -> Any:
        enter = ["nsenter", "-t", str(machine.leader), "-m", "-u", "-i", "-n", "-p", "python3", "-I"]
        done = subprocess.run(
            [*enter, str(HERE / "host.py")], input=json.dumps(asked), capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{asked}: {done.stderr[-3000:]}"
        return json.loads(done.stdout)

    def step(self, step: Step) -> None:
        """Do one step."""
        self.steps.append(step)
        self.counts["steps"] += 1
        do: dict[str, Callable[[Step], None]] = {
            "theirs": self._theirs, "fix": self._ours, "undo": self._ours, "resume": self._ours, "keep": self._keep,
            "timer": self._timer, "reboot": self._reboot,
        }  # fmt: skip
        do[step["do"]](step)

    def _theirs(self, step: Step) -> None:
        acts = [self._words(one) for one in step["acts"]]
        answers = self._both(lambda machine: self._call(machine, call="theirs", acts=acts))
        for act, one, twin in zip(acts, *answers, strict=True):
            self._note(act["objects"], one, twin)

    def _words(self, step: Step) -> dict[str, Any]:
        act, number = THEIRS[step["name"]], str(step["n"])
        self.counts["others"] += 1
        return {
            "script": act.script.replace("{n}", number),
            "objects": [name.replace("{n}", number) for name in act.objects],
        }

    def _note(self, objects: list[str], one: Mapping[str, Any], twin: Mapping[str, Any]) -> None:
        """Note what others touched, and where what they did can't be told from ours.

        What they could not do because of us, or said after us, they have no trace of: that is no loss of theirs.
        """
        self._touched |= set(objects)
        if one["status"] != twin["status"]:
            self._excused |= set(objects)
            self.counts["in the way"] += 1
            return
        for name in objects:
            parts = {part for side in (one, twin) for when in ("before", "after") for part in side[when]}
            for part in [part for part in parts if is_among(part, [name])] or [name]:
                changed = [side["before"].get(part) != side["after"].get(part) for side in (one, twin)]
                if changed == [False, True]:
                    self._excused.add(part)
                    self.counts["said alike"] += 1

    def _ours(self, step: Step) -> None:
        if step["do"] != "fix" and self.change not in self.changes:
            return
        meanwhile = [dict(self._words(one), step=one["step"]) for one in step.get("meanwhile", [])]
        if step["do"] == "fix" and self.change not in self.changes:
            self.changes.append(self.change)
        asked = {**step, "op": step["do"], "meanwhile": meanwhile, "change": step.get("change", self.change)}
        asked.pop("do")
        if step["do"] == "fix":
            asked["fixes"] = [dict(FIXES[name].wishes, check=name) for name in step["checks"]]
        answer = self._run(self.one, **asked)
        self.counts[{"fix": "fixes", "undo": "undos", "resume": "resumes"}[step["do"]]] += 1
        twins = self._call(self.twin, call="theirs", acts=meanwhile) if meanwhile else []
        for one, mine, theirs in zip(meanwhile, answer["others"], twins, strict=False):
            self._note(one["objects"], mine, theirs)
        self._raced = self._raced or bool(answer["killed"] or meanwhile or step.get("locked") or step.get("die"))
        if step["do"] == "fix" and answer.get("answer") and not self._raced and not self._touched:
            wrong = [one for one in answer["answer"]["fixes"] if one["failed"] != FIXES[one["check"]].fails]
            assert not wrong, wrong

    def _run(self, machine: Machine, **asked: Any) -> Any:
        answer = self._call(machine, call="ours", modules=str(MODULES), **asked)
        self.counts["kills"] += answer["killed"]
        assert "crashed" not in answer, answer["crashed"]
        if "refused" in answer:
            self.counts["refused"] += 1
        inner = answer.get("answer", {})
        self._take(asked["change"], inner.get("rows", []))
        for fix in inner.get("fixes", []):
            self.counts["acts"] += len(fix["acts"])
            self._take(asked["change"], fix["back"])
        return answer

    def _take(self, change: str, rows: list[Mapping[str, Any]]) -> None:
        for row in rows:
            words = (row["kind"], row["target"], row["word"], row["why"][0], row["by_hand"])
            one = Row(change, row["n"], *words)
            self._rows[change, row["n"]] = one
            if one.word == "back" and one.why:
                self._rests.append(one)

    def can_force(self, checks: list[str]) -> bool:
        """Tell whether nobody else touched what the fixes of some checks, and others along with them, may change."""
        ours = {name for check in checks for name in FIXES[check].objects}
        near = [fix for fix in FIXES.values() if ours & set(fix.objects)]
        touched = {name for fix in near for name in fix.objects if is_among(name, self._touched)}
        part_of = {one for fix in near for one in fix.objects for name in self._touched if is_among(name, [one])}
        return not touched | part_of

    def _keep(self, step: Step) -> None:
        if self.change in self.changes and len(self.kept) < 2:
            answer = self._run(self.one, op="keep", change=self.change)
            assert answer["answer"]["state"] in ("kept", "undone"), answer
            self.kept.add(self.change)

    def _timer(self, step: Step) -> None:
        name = f"rempart-undo-{self.change}"
        if not self.one.run(f"ls /etc/systemd/system/{name}.timer 2>/dev/null || :"):
            return
        assert self.one.run(f"systemctl is-active {name}.timer") == "active\n"
        self.one.run(f"systemctl start {name}.service || :")
        said = self.one.run(f"journalctl -q -o cat -u {name}.service --since=-10min -t python3 || :")
        answer = json.loads("{" + said.rpartition("\n{")[2] if "\n{" in said else said)
        self._take(self.change, answer["rows"])
        self.counts["timers"] += 1

    def _reboot(self, step: Step) -> None:
        self._both(lambda machine: (machine.begin_reboot(), machine.await_boot()))
        self.counts["reboots"] += 1

    def finish(self) -> None:
        """Undo everything of ours, newest change first or last, and compare."""
        order = self.changes[::-1] if len(self.steps) % 2 else self.changes
        whole = [self._undo_whole(change, dry=True) for change in order]
        if not all(whole):  # what one needed of another has gone meanwhile
            for change in order:
                self._undo_whole(change, dry=False)
        status = self._run(self.one, op="status", change="c-1")["answer"]
        left = {(name, act["n"]) for name, one in status["changes"].items() for act in one["acts"]}
        self.counts["sequences"] += 1
        problems = [f"{name} still stands as {one['state']}, armed {one['armed']}" for name, one in
                    status["changes"].items() if one["armed"] or one["open"]]  # fmt: skip
        problems += self._judge([self._rows[one] for one in sorted(left)])
        if problems:
            raise Difference("\n".join(problems))

    def _undo_whole(self, change: str, *, dry: bool) -> bool:
        """Undo a change; tell whether all is back."""
        self.counts["undos"] += 1
        if dry:
            self._run(self.one, op="undo", change=change, checks=["NIL-01"])  # settles what was cut off
            told = self._run(self.one, op="undo", change=change, dry=True)["answer"]["rows"]
        done = self._run(self.one, op="undo", change=change)["answer"]["rows"]
        if dry:
            pairs = [[(row["target"], row["word"], row["why"][0]) for row in rows] for rows in (told, done)]
            if pairs[0] != pairs[1]:
                unlike = [pair for pair in zip_longest(*pairs) if pair[0] != pair[1]]
                raise Difference(f"a dry run tells one thing, and the undo does another: {unlike}")
        return all(row["word"] == "back" for row in done)

    def _judge(self, left: list[Row]) -> list[str]:
        """Return what is wrong: a difference not named, something left for no reason, something of others lost."""
        paths = sorted({*self._upper(self.names[0]), *self._upper(self.names[1])})
        one, twin = self._both(lambda machine: self._call(machine, call="look", paths=paths))
        named = [*left, *self._rests]
        problems = []
        for name, (here, there) in sorted(differ(one["state"], twin["state"]).items()):
            if not is_among(name, self._excused) and not any(covers(row, name) for row in named):
                problems.append(f"{name}: {here} here, {there} on the twin")
        problems += [f"left, though nobody touched it: {row}" for row in left
                     if not any(covers(row, name) for name in self._touched)]  # fmt: skip
        problems += [f"{mark} of others is nowhere any more" for mark in set(twin["marks"]) - set(one["marks"])]
        return problems

    def _upper(self, name: str) -> list[str]:
        found = subprocess.run(
            [*self.world.beside, "find", f"{self.world.place(name)}/up", "-mindepth", "1", "-printf", "/%P\\0"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return [path for path in found.split("\0") if path and is_compared(path)]
