"""The row of a run counts each host as it was seen last."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, of_states

from rempart_core.model.result import State
from rempart_store.store import Store
from rempart_store.write.tally import Tally


def test_a_host_that_is_saved_twice_counts_once_by_its_newest(store: Store) -> None:
    good, bad = {"A-01": State.PASS}, {"A-01": State.FAIL}
    store.save([of_states("a", BEGINNING + 9, good), of_states("a", BEGINNING, bad)])
    (row,) = store.runs()
    assert (row.hosts, row.counts["pass"], row.counts["fail"]) == (1, 1, 0)


def test_a_run_that_asked_nobody_is_of_now(store: Store) -> None:
    with store.writing() as connection:
        Tally(connection, 1, whole=True, joined=False).write(BEGINNING)
    (row,) = store.runs()
    assert (row.started, row.ended, row.hosts) == (BEGINNING, BEGINNING, 0)
