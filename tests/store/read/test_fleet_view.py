"""The fleet by pages: worst first, nothing twice, nothing left out, nothing of a foreign group, now and on a day."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run, of_states, silent

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_store.read.fleet_view import Place, Wanted, find_host, list_hosts, read_standings, sum_groups
from rempart_store.store import Store

DAY = 86_400


def fill(store: Store) -> None:
    """Save ten hosts of two groups, a day apart two nights of them."""
    for night in range(2):
        at = BEGINNING + night * DAY
        runs = []
        for number in range(10):
            failing = [make_result(f"BAD-{n}", State.FAIL, ["x"], severity=Severity.HIGH) for n in range(number % 3)]
            passing = [make_result("GOOD-1", State.FAIL if night == 0 and number == 9 else State.PASS)]
            group = "even" if number % 2 == 0 else "odd"
            name = f"host-{number}"
            runs.append(make_run(name, at + number, [*failing, *passing], group=group, machine_id=f"{number:064x}"))
        store.save(runs)


def test_pages_hold_each_host_once_worst_first(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        whole = [one.state.name for one in list_hosts(connection, None)]
        paged: list[str] = []
        after = None
        while found := list_hosts(connection, None, after=after, limit=3):
            paged += [one.state.name for one in found]
            last = found[-1]
            after = Place(last.rank, last.state.name, last.id)
    worst = [f"host-{n}" for rest in (2, 1, 0) for n in range(10) if n % 3 == rest]
    assert whole == paged == worst


def test_nothing_of_a_foreign_group_is_read(store: Store) -> None:
    fill(store)
    mine = frozenset({"even"})
    with store.reading() as connection:
        hosts = list_hosts(connection, mine)
        assert {one.state.group for one in hosts} == {"even"}
        foreign = list_hosts(connection, frozenset({"odd"}))[0]
        assert find_host(connection, mine, foreign.id) is None
        assert find_host(connection, mine, foreign.id, BEGINNING + DAY) is None
        assert read_standings(connection, mine, foreign) == []
        assert [one.name for one in sum_groups(connection, mine)] == ["even"]
        assert list_hosts(connection, frozenset()) == []
        assert sum_groups(connection, frozenset()) == []
        assert list_hosts(connection, mine, wanted=Wanted(group="odd")) == []


def test_a_day_shows_the_fleet_as_it_stood(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        then = {one.state.name: one.state for one in list_hosts(connection, None, BEGINNING + 100)}
        now = {one.state.name: one.state for one in list_hosts(connection, None)}
        assert then["host-9"].counts["fail"] == 1
        assert now["host-9"].counts["fail"] == 0
        assert list_hosts(connection, None, BEGINNING - 1) == []
        host = next(one for one in list_hosts(connection, None) if one.state.name == "host-9")
        old = {one.check: one.state for one in read_standings(connection, None, host, BEGINNING + 100)}
        assert old == {"GOOD-1": State.FAIL}
        only = read_standings(connection, None, host, only="GOOD-1")
        assert [one.state for one in only] == [State.PASS]


def test_a_silent_host_keeps_its_last_findings_and_nothing_of_it_passes(store: Store) -> None:
    states = {"A-1": State.FAIL, "B-1": State.PASS}
    store.save([of_states("gone", BEGINNING, states, group="g", machine_id="1" * 64)])
    store.save([silent("gone", BEGINNING + DAY, list(states), group="g", machine_id="1" * 64)])
    with store.reading() as connection:
        for at in (None, BEGINNING + DAY + 1):
            (host,) = list_hosts(connection, None, at)
            assert (host.state.silent, host.state.open["high"], host.state.answered) == (True, 1, BEGINNING)
            found = read_standings(connection, None, host, at)
            assert {one.state for one in found} == {State.NOT_CHECKED}
            (group,) = sum_groups(connection, None, at)
            assert (group.silent, group.failing, group.counts["pass"], group.newest) == (1, 1, 0, None)


def test_hosts_are_filtered(store: Store) -> None:
    fill(store)
    store.save([silent("quiet%host", BEGINNING + 3 * DAY, ["A-1"], group="odd", machine_id="f" * 64)])
    store.save([of_states("gap", BEGINNING + 3 * DAY, {"A-1": State.ERROR}, group="odd", machine_id="e" * 64)])

    def names(wanted: Wanted) -> set[str]:
        with store.reading() as connection:
            return {one.state.name for one in list_hosts(connection, None, wanted=wanted)}

    assert names(Wanted("t%h")) == {"quiet%host"}  # as it is written, no pattern
    assert names(Wanted(kind="silent")) == {"quiet%host"}
    assert names(Wanted(kind="unjudged")) == {"gap"}
    assert names(Wanted("HOST-1", "open")) == {"host-1"}
    fresh = BEGINNING + 2 * DAY
    assert len(names(Wanted(kind="old", fresh=fresh))) == 10
    with store.reading() as connection:
        assert {one.name: one.old for one in sum_groups(connection, None, fresh=fresh)} == {"even": 5, "odd": 5}
