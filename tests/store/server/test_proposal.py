"""A waiver takes two people: one proposes, another approves; only then audits apply it, to what it names alone."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run, of_states

from rempart_core.model.result import State
from rempart_core.model.waiver import apply
from rempart_store.server.proposal import (
    Draft,
    apply_approved,
    approved,
    decide,
    find_group,
    list_proposals,
    propose,
    withdraw,
)
from rempart_store.store import Store

DAY = 86_400
DRAFT = Draft("web[1]", "servers", "A-1", (), "replaced in spring", "Mia", "2023-12-31")


def test_nobody_approves_an_own_proposal_and_nobody_decides_twice(store: Store) -> None:
    with store.writing() as connection:
        number = propose(connection, DRAFT, 1, BEGINNING)
        assert not decide(connection, None, number, 1, BEGINNING, approve=True)
        assert not decide(connection, None, number, 1, BEGINNING, approve=False)
        assert approved(connection, BEGINNING) == ()
        assert not decide(connection, frozenset({"laptops"}), number, 2, BEGINNING, approve=True)
        assert decide(connection, frozenset({"servers"}), number, 2, BEGINNING, approve=True)
        assert not decide(connection, None, number, 3, BEGINNING, approve=False)
        assert [one.state for one in list_proposals(connection, None)] == ["approved"]
        assert len(approved(connection, BEGINNING)) == 1
        assert withdraw(connection, None, number, 3, BEGINNING)
        assert approved(connection, BEGINNING) == ()


def test_an_open_one_is_taken_back_by_who_proposed_it(store: Store) -> None:
    with store.writing() as connection:
        number = propose(connection, DRAFT, 1, BEGINNING)
        assert not withdraw(connection, None, number, 2, BEGINNING)
        assert withdraw(connection, None, number, 1, BEGINNING)
        assert not decide(connection, None, number, 2, BEGINNING, approve=True)


def test_it_holds_for_its_host_its_items_and_its_days(store: Store) -> None:
    with store.writing() as connection:
        for draft in (DRAFT, DRAFT._replace(host="all", items=("/etc/x*",))):
            decide(connection, None, propose(connection, draft, 1, BEGINNING), 2, BEGINNING, approve=True)
        waivers = approved(connection, BEGINNING)

        def waived(host: str, item: str, at: float, group: str = "servers") -> bool:
            return apply(make_result("A-1", State.FAIL, [item]), host, group, waivers, at).waived

        assert waived("web[1]", "/anything", BEGINNING + 5)
        assert not waived("web1", "/anything", BEGINNING + 5)  # a name is no pattern
        assert not waived("web[1]", "/anything", BEGINNING + 5, "laptops")
        assert not waived("web[1]", "/anything", BEGINNING + 60 * DAY)
        assert waived("all", "/etc/x*", BEGINNING + 5)
        assert not waived("all", "/etc/xyz", BEGINNING + 5)
        assert approved(connection, BEGINNING + 100 * DAY) == ()


def test_runs_are_saved_with_the_waivers_that_two_people_agreed_on(store: Store) -> None:
    results = [make_result("A-1", State.FAIL, ["x"]), make_result("B-1", State.FAIL, ["x"]), make_result("C-1")]
    runs = [make_run(name, BEGINNING, results, group="servers") for name in ("web[1]", "web1")]
    with store.writing() as connection:
        number = propose(connection, DRAFT, 1, BEGINNING)
        assert apply_approved(connection, runs, BEGINNING) == runs
        decide(connection, None, number, 2, BEGINNING, approve=True)
        first, second = apply_approved(connection, runs, BEGINNING + 1)
        assert [one.waived for one in first.results] == [True, False, False]
        assert first.results[0].state is State.FAIL
        assert second == runs[1]
        (late, _) = apply_approved(connection, runs, BEGINNING + 60 * DAY)
        assert [(one.waived, len(one.expired_waivers)) for one in late.results] == [(False, 1), (False, 0), (False, 0)]


def test_proposals_are_those_of_the_reader_s_groups_newest_first(store: Store) -> None:
    with store.writing() as connection:
        for number in range(5):
            propose(connection, DRAFT._replace(group="servers" if number % 2 else "laptops"), 1, BEGINNING + number)
        found = list_proposals(connection, None, limit=2)
        assert [one.id for one in found] == [5, 4]
        assert [one.id for one in list_proposals(connection, None, before=4)] == [3, 2, 1]
        assert [one.id for one in list_proposals(connection, frozenset({"servers"}))] == [4, 2]
        assert [one.id for one in list_proposals(connection, None, since=BEGINNING + 3)] == [5, 4]
        assert list_proposals(connection, frozenset()) == list_proposals(connection, None, "approved") == []


def test_the_group_of_a_host_is_told_to_those_who_may_read_it(store: Store) -> None:
    store.save([of_states("web", BEGINNING, {"A-1": State.PASS}, group="servers", machine_id="1" * 64)])
    with store.reading() as connection:
        assert find_group(connection, None, "web") == "servers"
        assert find_group(connection, frozenset({"laptops"}), "web") is None
        assert find_group(connection, None, "none") is None
