"""Nodes, and what is noted of them."""

from __future__ import annotations

import pytest
from rempart_testing.run import make_result, make_run

from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.group import add_group
from rempart_store.server.node import (
    ONE_KEY,
    Node,
    accept_node,
    find_by_key,
    find_machine,
    flag_clone,
    is_due,
    list_nodes,
    note_audited,
    note_seen,
    own_machine_id,
    read_node,
    read_nodes,
    read_revision,
    retire_node,
    revoke_node,
)
from rempart_store.server.secret import make_secret
from rempart_store.store import Store

NOW = 1_800_000_000


@pytest.fixture
def nodes(store: Store) -> list[tuple[Node, str]]:
    made = []
    with store.writing() as connection:
        for group, names in (("laptops", ("pc2", "pc1")), ("servers", ("db1",))):
            added = add_group(connection, group, "server", "", [], NOW)
            assert added is not None
            secret = make_secret(connection, added.id, NOW)
            for name in names:
                said = Enrolment(secret, name, name, f"uuid-{name}", f"db-{name}", "linux", "Debian", "5.23.0")
                done = enrol(connection, said, "192.0.2.7", NOW)
                assert done.node is not None
                made.append((done.node, done.key))
    return made


def test_nodes_are_listed_by_group_and_name_and_only_those_of_the_groups(
    store: Store, nodes: list[tuple[Node, str]]
) -> None:
    with store.reading() as connection:
        assert [node.name for node in list_nodes(connection, None)] == ["pc1", "pc2", "db1"]
        assert [node.name for node in list_nodes(connection, ["servers"])] == ["db1"]
        assert list_nodes(connection, []) == []
        assert sorted(read_nodes(connection, [1, 2, 99])) == [1, 2]
        assert read_node(connection, 99) is None


def test_when_nodes_were_heard_of_is_noted_with_one_statement_and_never_goes_back(
    store: Store, nodes: list[tuple[Node, str]]
) -> None:
    with store.writing() as connection:
        note_seen(connection, {1: (NOW + 60, "192.0.2.8"), 2: (NOW - 60, "192.0.2.9")})
        note_seen(connection, {})
    with store.reading() as connection:
        found = read_nodes(connection, [1, 2])
        assert (found[1].seen, found[1].address) == (NOW + 60, "192.0.2.8")
        assert (found[2].seen, found[2].address) == (NOW, "192.0.2.7")


def test_an_audit_is_noted_with_the_next_one(store: Store, nodes: list[tuple[Node, str]]) -> None:
    with store.writing() as connection:
        note_audited(connection, 1, NOW + 5, NOW + 86_400)
        node = read_node(connection, 1)
    assert node is not None
    assert (node.audited, node.due) == (NOW + 5, NOW + 86_400)


def test_what_people_change_raises_the_revision(store: Store, nodes: list[tuple[Node, str]]) -> None:
    with store.writing() as connection:
        before = read_revision(connection)
        flag_clone(connection, 1, f"{ONE_KEY} pc1, pc7")
        assert read_revision(connection) == before + 1
        assert accept_node(connection, 1, None)
        assert revoke_node(connection, 2)
        assert read_revision(connection) == before + 3
        assert not revoke_node(connection, 99)
        node = read_node(connection, 1)
    assert node is not None
    assert (node.clone, node.state, node.due) == ("", "active", 0)  # due at once


def test_a_revoked_node_has_no_key_any_more(store: Store, nodes: list[tuple[Node, str]]) -> None:
    node, key = nodes[0]
    with store.writing() as connection:
        assert find_by_key(connection, key, NOW) == node
        revoke_node(connection, node.id)
        accept_node(connection, node.id, None)  # which does not bring its old key back
        assert find_by_key(connection, key, NOW) is None
        assert find_by_key(connection, "\ud800", NOW) is None


def test_a_node_ends_in_the_one_that_it_was_enrolled_as_anew(store: Store, nodes: list[tuple[Node, str]]) -> None:
    (old, key), (new, other) = nodes[:2]
    with store.writing() as connection:
        assert not retire_node(connection, old.id, old.id)
        assert not retire_node(connection, old.id, 99)
        assert retire_node(connection, old.id, new.id)
        assert find_by_key(connection, key, NOW) is None
        found = find_by_key(connection, other, NOW)
    assert found is not None
    assert (found.id, found.name) == (new.id, old.name)
    assert found.machine_id == own_machine_id(old.id)  # so its runs go on with the history of the old one


def test_a_machine_of_the_store_is_found_by_its_name(small: Store) -> None:
    small.save([make_run("db1", NOW, [make_result("ACC-01")], kind="host", machine_id="ab" * 32)])
    with small.reading() as connection:
        assert find_machine(connection, "db1") == "ab" * 32
        assert find_machine(connection, "none") is None


def test_a_node_that_was_heard_of_while_the_clock_was_ahead_can_be_silent(
    store: Store, nodes: list[tuple[Node, str]]
) -> None:
    with store.writing() as connection:
        note_seen(connection, {1: (NOW + 90_000, "192.0.2.8")})
        note_seen(connection, {1: (NOW, "192.0.2.8")})
        assert read_nodes(connection, [1])[1].seen == NOW


def test_an_audit_that_was_planned_while_the_clock_was_ahead_is_due() -> None:
    assert [is_due(NOW + ahead, NOW) for ahead in (-1, 0, 1, 2 * 86_400, 4 * 86_400)] == [
        True,
        True,
        False,
        False,
        True,
    ]
