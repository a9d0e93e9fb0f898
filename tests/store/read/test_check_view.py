"""A check host by host: the same as the whole fleet's states say, now, on a day, and of the reader's groups alone."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_core.model.result import AppliedWaiver, State
from rempart_store.read.check_view import KINDS, After, count_kinds, find_check, list_results, sum_checks
from rempart_store.store import Store

DAY = 86_400
STATES = list(State)


def fill(store: Store) -> None:
    """Save twelve hosts that come to everything that there is, one of them silent in the end."""
    runs = []
    for number in range(12):
        state = STATES[number % 5]
        waiver = AppliedWaiver("known", "Mia", "2030-01-01") if state is State.FAIL and number > 5 else None
        items = ["x"] if state is State.FAIL else []
        results = [make_result("A-1", state, items, waiver=waiver), make_result("B-1")]
        group = "g" if number % 2 else "h"
        runs.append(make_run(f"host-{number:02}", BEGINNING, results, group=group, machine_id=f"{number:064x}"))
    store.save(runs)
    store.save([silent("host-00", BEGINNING + DAY, ["A-1", "B-1"], group="h", machine_id="0" * 64)])


def test_counts_lists_and_sums_say_the_same_as_the_states(store: Store) -> None:
    fill(store)
    for groups in (None, frozenset({"g"}), frozenset({"h"})):
        for at in (None, BEGINNING + 60, BEGINNING + 2 * DAY):
            with store.reading() as connection:
                found = find_check(connection, "a-1")
                assert found is not None
                counts = count_kinds(connection, groups, found[0], at)
                listed = {kind: list_results(connection, groups, found[0], kind, at) for kind in KINDS}
                (summed,) = [one for one in sum_checks(connection, groups, at) if one.check == "A-1"]
            expected = dict.fromkeys(KINDS, 0)
            for one in store.standings(at):
                if one.check == "A-1" and (groups is None or one.group in groups):
                    expected["waived" if one.waived else one.state.value] += 1
            assert counts == summed.kinds == {kind: len(lines) for kind, lines in listed.items()} == expected
            assert all(line.kind == kind for kind, lines in listed.items() for line in lines)


def test_what_is_open_is_told_with_since_when(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        (summed,) = [one for one in sum_checks(connection, None) if one.check == "A-1"]
        assert summed.since == BEGINNING
        (passed,) = [one for one in sum_checks(connection, None) if one.check == "B-1"]
        assert passed.since is None


def test_pages_of_a_check_hold_each_host_once(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        found = find_check(connection, "B-1")
        assert found is not None
        names: list[str] = []
        after = None
        while lines := list_results(connection, None, found[0], "pass", after=after, limit=4):
            names += [one.standing.host for one in lines]
            after = After(lines[-1].standing.host, lines[-1].host)
    assert names == [f"host-{number:02}" for number in range(1, 12)]


def test_no_check_of_that_name(store: Store) -> None:
    with store.reading() as connection:
        assert find_check(connection, "NO-99") is None
        assert sum_checks(connection, None) == []
