"""An endpoint keeps its history when its address or its name changes, and never gets that of another one."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, of_states, silent

from rempart_core.model.result import State
from rempart_store.store import Store

FAIL = {"AAA-01": State.FAIL}
PASS = {"AAA-01": State.PASS}


def since(store: Store) -> dict[str, int]:
    return {one.host: one.since for one in store.standings()}


def test_a_machine_that_was_renamed_is_the_same(small: Store) -> None:
    small.save([of_states("old", BEGINNING, FAIL, machine_id="m1")])
    small.save([of_states("new", BEGINNING + 9, FAIL, machine_id="m1", kind="host")])
    assert since(small) == {"new": BEGINNING}


def test_a_silent_machine_is_known_by_its_name(small: Store) -> None:
    small.save([of_states("web", BEGINNING, FAIL, machine_id="m1")])
    small.save([silent("web", BEGINNING + 5, ["AAA-01"])])
    small.save([of_states("web", BEGINNING + 9, FAIL, machine_id="m1")])
    assert since(small) == {"web": BEGINNING}


def test_a_machine_that_was_silent_at_first_is_found_again_when_it_answers(small: Store) -> None:
    small.save([silent("web", BEGINNING, ["AAA-01"])])
    small.save([of_states("web", BEGINNING + 9, FAIL, machine_id="m1")])
    assert len(small.fleet()) == 1


def test_another_machine_of_the_same_name_begins_anew_and_the_old_one_is_retired(small: Store) -> None:
    small.save([of_states("web", BEGINNING, FAIL, machine_id="m1")])
    small.save([of_states("web", BEGINNING + 9, FAIL, machine_id="m2")])
    assert since(small) == {"web": BEGINNING + 9}
    assert [host.seen for host in small.fleet()] == [BEGINNING + 9]
    assert [host.seen for host in small.fleet(BEGINNING + 5)] == [BEGINNING]
    assert len(small.history("web").standings) == 2  # the old one's is not lost


def test_clones_of_one_image_are_endpoints_of_their_own(small: Store) -> None:
    small.save([of_states("a", BEGINNING, FAIL, machine_id="m"), of_states("b", BEGINNING, PASS, machine_id="m")])
    for order in (("b", "a"), ("a", "b")):
        at = small.fleet()[0].seen + 5
        states = {"a": FAIL, "b": PASS}
        small.save([of_states(name, at, states[name], machine_id="m") for name in order])
    assert since(small) == {"a": BEGINNING, "b": BEGINNING}


def test_a_clone_of_a_machine_that_is_not_asked_this_time_does_not_take_its_history(small: Store) -> None:
    small.save([of_states("a", BEGINNING, FAIL, machine_id="m")])
    small.save([of_states("b", BEGINNING + 9, FAIL, machine_id="m")], others=["a"])
    assert since(small) == {"a": BEGINNING, "b": BEGINNING + 9}


def test_a_clone_that_comes_first_does_not_take_the_history_of_the_original(small: Store) -> None:
    small.save([of_states("a", BEGINNING, FAIL, machine_id="m")])
    small.save([of_states(name, BEGINNING + 5, FAIL, machine_id="m") for name in ("b", "a")])
    assert since(small) == {"a": BEGINNING, "b": BEGINNING + 5}


def test_a_root_filesystem_is_no_machine_of_that_name(small: Store) -> None:
    small.save([of_states("web", BEGINNING, FAIL), of_states("web", BEGINNING, PASS, kind="root")])
    assert len(small.fleet()) == 2


def test_two_nodes_of_one_name_are_two_and_neither_is_a_machine_that_is_known_otherwise(small: Store) -> None:
    """What passes on one laptop may not stand for another of the same host name."""
    small.save([of_states("pc", BEGINNING, PASS, machine_id="m1")])
    small.save([of_states("pc", BEGINNING + 1, FAIL, machine_id="node-1")])
    small.save([of_states("pc", BEGINNING + 2, PASS, machine_id="node-2")])
    small.save([of_states("pc", BEGINNING + 3, PASS, machine_id="m1"), silent("pc", BEGINNING + 4, ["AAA-01"])])
    assert sorted((host.seen, host.silent) for host in small.fleet()) == [
        (BEGINNING + 1, False),
        (BEGINNING + 2, False),
        (BEGINNING + 4, True),
    ]
    assert [one.state for one in small.standings() if one.since == BEGINNING + 1] == [State.FAIL]


def test_a_node_keeps_its_history_when_its_host_name_changes(small: Store) -> None:
    small.save([of_states("new", BEGINNING - 5, PASS, machine_id="node-2")])
    small.save([of_states("old", BEGINNING, FAIL, machine_id="node-1")])
    small.save([of_states("new", BEGINNING + 9, FAIL, machine_id="node-1")])
    assert sorted((host.name, host.seen) for host in small.fleet()) == [("new", BEGINNING - 5), ("new", BEGINNING + 9)]
