"""Runs of an endpoint on which updates wait, and what a store knows of these."""

from __future__ import annotations

from rempart_core.model.result import Evidence, Run, State
from rempart_store.store import Store
from rempart_testing.run import BEGINNING, make_result, make_run

DAY = 86_400


def run_of(day: int, waiting: dict[str, str], *, hidden: int = 0, state: State = State.PASS) -> Run:
    """Return a run on a day; ``waiting`` says which updates wait, ``hidden`` how many more rows there are."""
    rows = [{"item": "security lists", "observed": "refreshed 2026-11-25", "expected": "young", "ok": "1"}]
    rows += [
        {"item": item, "observed": f"{candidate} waits since 2026-11-20 at the earliest", "expected": "", "ok": "1"}
        for item, candidate in waiting.items()
    ]
    result = make_result("PAT-01", state)._replace(evidence=Evidence(rows, 0, 0, len(rows) + hidden))
    return make_run("web", BEGINNING + day * DAY, [result])


def known(store: Store) -> tuple[int, dict[str, tuple[int, int]]]:
    """Return the days that the next audit is told: of the last whole list, and of each item; 0 is unknown."""

    def days(time: int) -> int:
        return (time - BEGINNING) // DAY if time else 0

    history = store.histories()["web"]
    return days(history.listed), {item: (days(w.first_seen), days(w.absent)) for item, w in history.items.items()}
