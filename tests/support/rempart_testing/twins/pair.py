"""A host and its twin: steps are done on them, everything of ours is undone, and they are compared."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Any

from rempart_testing.nspawn import Machine, World
from rempart_testing.twins.base import PROGRAM
from rempart_testing.twins.compare import Row, covers, differ, is_among, is_compared
from rempart_testing.twins.draw import Step
from rempart_testing.twins.excuse import Excuses, differing
from rempart_testing.twins.fixes import FIXES
from rempart_testing.twins.theirs import ALIKE, THEIRS


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
        self.one, self.twin = (world.boot(name, "", size="128m") for name in self.names)
        self.steps: list[Step] = []
        self.counts: Counter[str] = Counter()
        self.changes: list[str] = []
        self.kept: set[str] = set()
        self._touched: set[str] = set()
        self._excuses = Excuses()
        self._rows: dict[tuple[str, int], Row] = {}
        self._rests: list[Row] = []
        self._raced = False
        self._changed: set[str] = set()  # what ours may have changed
        self._unsaid: set[str] = set()  # marks that others could not write
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
        enter = ["nsenter", "-t", str(machine.leader), "-m", "-u", "-i", "-n", "-p", "python3", "-I", "-S"]
        done = subprocess.run(
            [*enter, f"{PROGRAM}/host.py"], input=json.dumps(asked), capture_output=True, text=True, check=False,
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
        for act, name, one, twin in zip(acts, [one["name"] for one in step["acts"]], *answers, strict=True):
            self._note(act, one, twin, alike=name in ALIKE and not self._changed.isdisjoint(act["objects"]))

    def _words(self, step: Step) -> dict[str, Any]:
        act, number = THEIRS[step["name"]], str(step["n"])
        self.counts["others"] += 1
        return {
            "script": act.script.replace("{n}", number),
            "objects": [name.replace("{n}", number) for name in act.objects],
            "opens": act.opens.replace("{n}", number),
            "traced": act.traced,
            "mark": f"theirs-{number}",
        }

    def _note(self, act: Mapping[str, Any], one: Mapping[str, Any], twin: Mapping[str, Any], alike: bool) -> None:
        """Note what others touched, and where what they did can't be told from ours.

        What they could not do because of us, or said after us, they have no trace of: that is no loss of theirs.
        """
        objects = act["objects"]
        self._touched |= set(objects)
        for when in ("before", "after"):
            self._excuses.see(objects, twin[when])
        if one["status"] != twin["status"]:
            self._unsaid.add(act["mark"])
            self._excuses.see(objects, one["after"], of_host=True)
            for name in objects:
                self._excuses.add(name)
            self.counts["in the way"] += 1
            return
        parts = {part for side in (one, twin) for when in ("before", "after") for part in side[when]}
        for part in {*objects, *(part for part in parts if is_among(part, objects))}:
            before, after = ([side[when].get(part) for side in (one, twin)] for when in ("before", "after"))
            if before == [None, None] and None not in after and after[0] != after[1]:
                self._excuses.see([part], one["after"], of_host=True)
                self._excuses.add(part, differing(*after))  # new on both, and made by settings of ours here
            changed = [differing(*pair) for pair in zip(before, after, strict=True)]
            if changed[1] and (alike or not changed[0]) and not act["traced"]:
                self._excuses.add(part, changed[1])  # ours or theirs: nobody can know
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
            asked["fixes"] = [dict(FIXES[name].specs, check=name) for name in step["checks"]]
        if step["do"] == "fix":
            self._changed |= {name for check in step["checks"] for name in FIXES[check].objects}
        answer = self._run(self.one, **asked)
        if answer["killed"] and not self.one.run(f"ls /var/lib/rempart/changes/{self.change}/acts.jsonl || :"):
            self.changes.remove(self.change)  # before there was any
        self.counts[{"fix": "fixes", "undo": "undos", "resume": "resumes"}[step["do"]]] += 1
        twins = self._call(self.twin, call="theirs", acts=meanwhile) if meanwhile else []
        for one, mine, theirs in zip(meanwhile, answer["others"], twins, strict=False):
            self._note(one, mine, theirs, alike=False)
        self._raced = self._raced or bool(answer["killed"] or meanwhile or step.get("locked") or step.get("die"))
        if step["do"] == "fix" and answer.get("answer") and not self._raced and not self._touched:
            wrong = [one for one in answer["answer"]["fixes"] if one["failed"] != FIXES[one["check"]].fails]
            assert not wrong, wrong

    def _run(self, machine: Machine, **asked: Any) -> Any:
        answer = self._call(machine, call="ours", **asked)
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
            if one.why and one.word in ("back", "done", "void", "unclear"):  # the last of what a crash cut off
                self._rests.append(one)

    def _keep(self, step: Step) -> None:
        if self.change in self.changes and len(self.kept) < 2:
            answer = self._run(self.one, op="keep", change=self.change)
            assert answer["answer"]["state"] in ("kept", "undone"), answer
            self.kept.add(self.change)

    def _timer(self, step: Step) -> None:
        name = f"rempart-undo-{self.change}"
        if not self.one.run(f"ls /etc/systemd/system/{name}.timer 2>/dev/null || :"):
            return
        if self.one.run(f"systemctl is-active {name}.timer || :") != "active\n":
            record = self.one.run(f"cat /var/lib/rempart/changes/{self.change}/acts.jsonl")
            unguarded = re.findall(
                r'"kind":"(?:account|nft)"|"target":"(?:/etc/(?:ssh|sudoers|pam)|net/)[^"]*"', record
            )
            assert not unguarded, f"no timer runs, and {unguarded} was begun"
            return  # it was cut off while it made the timer, before it did anything
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
        whole, status = self._undo_whole(order)
        if not whole:  # what one needed of another has gone meanwhile
            _, status = self._undo_whole(order)
        left = {(name, act["n"]) for name, one in status.items() for act in one["acts"]}
        self.counts["sequences"] += 1
        problems = [f"{name} still stands as {one['state']}, armed {one['armed']}" for name, one in
                    status.items() if one["armed"] or one["open"]]  # fmt: skip
        problems += self._judge([self._rows[one] for one in sorted(left)])
        if problems:
            raise Difference("\n".join(problems))

    def _undo_whole(self, order: list[str]) -> tuple[bool, dict[str, Any]]:
        """Undo changes; tell whether all is back, and how they stand."""
        self.counts["undos"] += len(order)
        answer = self._run(self.one, op="whole", order=order, change="c-1")
        assert "answer" in answer, answer
        whole = True
        for change, rows in answer["answer"]["changes"].items():
            self._take(change, rows["settled"])
            self._take(change, rows["done"])
            pairs = [[(row["target"], row["word"], row["why"][0]) for row in rows[word]] for word in ("told", "done")]
            if pairs[0] != pairs[1]:
                unlike = [pair for pair in zip_longest(*pairs) if pair[0] != pair[1]]
                raise Difference(f"a dry run tells one thing, and the undo does another: {unlike}")
            whole = whole and all(row["word"] == "back" for row in rows["done"])
        return whole, answer["answer"]["status"]

    def _judge(self, left: list[Row]) -> list[str]:
        """Return what is wrong: a difference not named, something left for no reason, something of others lost."""
        paths = sorted({*self._upper(self.names[0]), *self._upper(self.names[1])})
        one, twin = self._both(lambda machine: self._call(machine, call="look", paths=paths))
        named = [*left, *self._rests]
        problems = []
        for name, (here, there) in sorted(differ(one["state"], twin["state"]).items()):
            if not self._excuses.hold(name, here, there) and not any(covers(row, name) for row in named):
                problems.append(f"{name}: {here} here, {there} on the twin")
        problems += [f"left, though nobody touched it: {row}" for row in left
                     if not any(covers(row, one) or is_among(row.target, [one]) for one in self._touched)]  # fmt: skip
        problems += [
            f"{mark} of others is nowhere any more" for mark in set(twin["marks"]) - set(one["marks"]) - self._unsaid
        ]
        return problems

    def _upper(self, name: str) -> list[str]:
        found = subprocess.run(
            [*self.world.beside, "find", f"{self.world.place(name)}/up", "-mindepth", "1", "-printf", "/%P\\0"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return [path for path in found.split("\0") if path and is_compared(path)]
