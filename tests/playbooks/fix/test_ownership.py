"""A change takes back its own acts and nothing else, whoever edits between any two steps and wherever it is killed.

`make ownership` tries many more sequences than the tests do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from playbooks.fix.others import OLD, OWN, PATHS, SHARED, TEXTS, WHOLE, Edit, Others
from playbooks.fix.root import Root
from playbooks.fix.scheduler import Scheduler

FIXES: dict[str, dict[str, Any]] = {
    "OWN-01": {"files": [{"path": OWN, "content": "ours\n", "mode": "0600"}]},
    "OWN-02": {"files": [{"path": WHOLE, "content": "ours whole\n", "mode": "0600"}]},
    "OLD-01": {"files": [{"path": OLD, "absent": True}]},
    "LIN-01": {
        "lines": [
            {"path": SHARED, "match": " nullok", "replace": ""},
            {"path": SHARED, "line": "ours first", "before": "BOF"},
            {"path": SHARED, "match": "^last", "absent": True},
        ]
    },
    "KEY-01": {"keys": [{"path": SHARED, "key": "key", "value": 9}, {"path": SHARED, "key": "new", "value": 9}]},
    "KEY-02": {"keys": [{"path": SHARED, "section": "part", "key": "key", "value": 8}]},
    "MOD-01": {"modes": [{"path": SHARED, "mode": "0600"}, {"path": WHOLE, "mode": "0640"}]},
    "BAD-01": {
        "files": [{"path": OWN, "content": "bad\n"}],
        "lines": [{"path": SHARED, "line": "bad"}, {"path": "/etc/missing", "line": "x"}],
    },
}
COUNTS = {"sequences": 0, "kills": 0, "steps": 0, "aside": 0, "edits": 0, "twins": 0}

RACED = {"OWN-01": OWN, "OWN-02": WHOLE, "OLD-01": OLD, "LIN-01": SHARED, "KEY-02": SHARED}

edits = st.builds(Edit, st.sampled_from(["append", "rewrite", "rename", "remove", "mode"]), st.sampled_from(PATHS))
racing = st.builds(
    Edit, st.sampled_from(["append", "rewrite", "rename", "rename", "begin", "end", "mode"]), st.sampled_from(PATHS)
)
plans = st.one_of(st.just([]), st.lists(st.tuples(st.integers(0, 70), racing), max_size=6))
kills = st.one_of(st.none(), st.none(), st.integers(0, 90))
checks = st.lists(st.sampled_from(sorted(FIXES)), min_size=1, max_size=4, unique=True)


class Ownership(RuleBasedStateMachine):
    """One host, two changes, others at work."""

    @initialize()
    def start(self) -> None:
        shm = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = Path(tempfile.mkdtemp(prefix="rempart-ownership-", dir=shm))
        self.root = Root(self.folder)
        self.twin = Root(self.folder / "twin")
        for host in (self.root, self.twin):
            for path, text in TEXTS.items():
                host.write(path, text)
        self.others, self.theirs = Others(self.root), Others(self.twin)
        self.scheduler = Scheduler()
        self.raced = False
        COUNTS["sequences"] += 1

    def _run(self, work: Any, plan: list[tuple[int, Edit]], kill: int | None, torn: int) -> Any:
        if plan or kill is not None:
            self.raced = True
        COUNTS["edits"] += len(plan)
        steps = [(step, lambda edit=edit: self._edit(edit)) for step, edit in plan]
        out = self.scheduler.run(work, steps, kill, torn)
        assert not self.others.lost()
        return out

    def _edit(self, edit: Edit) -> None:
        if edit.how == "remove" and not self.root.path(edit.path).exists():
            return  # gone by an act of ours: they find nothing to remove
        self.others.act(edit)
        self.theirs.act(edit)

    @rule(names=checks, change=st.sampled_from(["c-1", "c-2"]), plan=plans, kill=kills, torn=st.integers(0, 9))
    def apply(self, names: list[str], change: str, plan: list[tuple[int, Edit]], kill: int | None, torn: int) -> None:
        self._free(change)
        fixes = [dict(FIXES[name], check=name) for name in names]
        out = self._run(lambda: self.root.fix(*fixes, name=change), plan, kill, torn)
        if out is not None and not plan and not self.others.touched:
            for done in out:
                assert done["failed"] == (done["check"] == "BAD-01"), done

    @rule(data=st.data(), undo=st.booleans(), kill=kills, torn=st.integers(0, 9))
    def race(self, data: st.DataObject, undo: bool, kill: int | None, torn: int) -> None:
        """One file, and others who write to that one at the very same moments."""
        name, path = data.draw(st.sampled_from(list(RACED.items())))
        step = st.integers(0, 45)
        how = st.sampled_from(["append", "rewrite", "rename", "begin", "end", "remove"])
        plan = [(at, Edit(how, path)) for at, how in data.draw(st.lists(st.tuples(step, how), min_size=1, max_size=4))]
        self._free("c-1")
        if undo and self._known("c-1"):
            self._run(lambda: self.root.undo(name, name="c-1"), plan, kill, torn)
        else:
            self._run(lambda: self.root.fix(dict(FIXES[name], check=name)), plan, kill, torn)

    def _free(self, change: str) -> None:
        (self.root.base / "lock").unlink(missing_ok=True)  # the other change's lease has ended

    @rule(edit=edits)
    def somebody_edits(self, edit: Edit) -> None:
        COUNTS["edits"] += 1
        self._edit(edit)

    @rule(names=checks, change=st.sampled_from(["c-1", "c-2"]), force=st.booleans(), plan=plans, kill=kills)
    def undo_some(
        self, names: list[str], change: str, force: bool, plan: list[tuple[int, Edit]], kill: int | None
    ) -> None:
        if self._known(change):
            self._free(change)
            if force:
                self.raced = True
            self._run(lambda: self.root.undo(*names, name=change, force=force), plan, kill, 3)

    @rule(change=st.sampled_from(["c-1", "c-2"]), plan=plans, kill=kills)
    def undo_all(self, change: str, plan: list[tuple[int, Edit]], kill: int | None) -> None:
        if self._known(change):
            self._free(change)
            self._run(lambda: self.root.undo(name=change), plan, kill, 3)

    @precondition(lambda self: self._known("c-1"))
    @rule(force=st.booleans())
    def a_dry_run_tells_what_is_done_then(self, force: bool) -> None:
        self.scheduler.run(lambda: self.root.undo("NIL-01", name="c-1"), [])  # settles what was cut off
        self.others.finish()
        self.theirs.finish()
        before = self.root.stand()
        dry = self.root.undo(name="c-1", force=force, dry=True)
        assert self.root.stand() == before
        if force:
            self.raced = True
        real = self._run(lambda: self.root.undo(name="c-1", force=force), [], None, 0)
        assert [(row["target"], row["word"]) for row in dry["rows"]] == [
            (row["target"], row["word"]) for row in real["rows"]
        ]

    def _known(self, change: str) -> bool:
        return (self.root.base / "changes" / change / "acts.jsonl").exists() and self.root.journal(change).exists

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self._undo_all_and_compare()
        finally:
            shutil.rmtree(self.folder)

    def _undo_all_and_compare(self) -> None:
        self.others.finish()
        self.theirs.finish()
        order = ("c-2", "c-1") if self.scheduler.steps % 2 else ("c-1", "c-2")
        for change in order:
            if self._known(change):
                self._free(change)
                self._run(lambda change=change: self.root.undo(name=change), [], None, 0)
        left = [entry for change in order if self._known(change) for entry in self.root.journal(change).acts()]
        assert not self.others.lost()
        assert not list(self.root.top.rglob(".rempart-*"))
        asides = list(self.root.base.glob("changes/*/aside/*"))
        if not self.raced and not left and not asides:
            COUNTS["twins"] += 1
            assert self.root.stand() == self.twin.stand()
        COUNTS["kills"] += self.scheduler.kills
        COUNTS["steps"] += self.scheduler.steps
        COUNTS["aside"] += bool(asides)


def test_a_change_takes_back_its_own_acts_and_nothing_else() -> None:
    sequences = int(os.environ.get("REMPART_SEQUENCES", "200"))
    run_state_machine_as_test(
        Ownership, settings=settings(max_examples=sequences, stateful_step_count=8, report_multiple_bugs=False)
    )  # type: ignore[no-untyped-call]
    print(f"\n{COUNTS}")
