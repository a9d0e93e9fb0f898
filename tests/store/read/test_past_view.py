"""A host's past: since when it fails, and what changed in the time that may be read."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, of_states

from rempart_core.model.result import State
from rempart_store.read.fleet_view import list_hosts
from rempart_store.read.past_view import failing_since, list_changes
from rempart_store.store import Store

DAY = 86_400


def test_changes_are_told_newest_first_and_of_the_time_that_may_be_read(store: Store) -> None:
    for night, state in enumerate((State.PASS, State.FAIL, State.FAIL, State.PASS, State.FAIL)):
        states = {"A-1": state, "B-1": State.PASS}
        store.save([of_states("one", BEGINNING + night * DAY, states, machine_id="1" * 64)])
    with store.reading() as connection:
        (host,) = list_hosts(connection, None)
        assert failing_since(connection, host.id) == {"A-1": BEGINNING + 4 * DAY}
        assert failing_since(connection, host.id, BEGINNING + 2 * DAY) == {"A-1": BEGINNING + DAY}
        until = BEGINNING + 9 * DAY
        changes = list_changes(connection, host.id, 0, until)
        assert [(one.check, (one.since - BEGINNING) // DAY) for one in changes] == [("A-1", 4), ("A-1", 3), ("A-1", 1)]
        late = list_changes(connection, host.id, BEGINNING + 2 * DAY, BEGINNING + 3 * DAY)
        assert [(one.since - BEGINNING) // DAY for one in late] == [3]
        only = list_changes(connection, host.id, BEGINNING + 2 * DAY, until, "A-1")
        assert [(one.since - BEGINNING) // DAY for one in only] == [4, 3, 1]
