"""Installed agents as nodes: found by their key alone, and which of their documents are held."""

from __future__ import annotations

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run
from sqlalchemy import insert, update

from rempart_core.model.history import Delivered
from rempart_store.schema.server_node import server_group, server_node
from rempart_store.server import document
from rempart_store.server.document import NO_GROUP, AgentNode, NewAgent
from rempart_store.store import Store
from rempart_store.write.delivery import note_delivered

KEY, MACHINE = "12" * 32, "ab" * 32
AGENT = NewAgent(KEY, MACHINE, "web", "linux", "Debian GNU/Linux 13 (trixie)", "0.1.0", "192.0.2.1")
GROUPS = ({"id": 1, "name": "laptops"}, {"id": 2, "name": "servers"})


@pytest.fixture
def known(store: Store) -> Store:
    """Return a store with two groups."""
    with store.writing() as connection:
        for group in GROUPS:
            rest = {"profile": "server", "role": "", "parameters": "[]", "created": BEGINNING}
            connection.execute(insert(server_group), {**group, **rest})
    return store


def test_an_agent_is_found_by_its_key_whatever_it_is_called(known: Store) -> None:
    with known.writing() as connection:
        assert document.find_agent(connection, KEY) is None
        document.enrol_agent(connection, AGENT, NO_GROUP, "waiting", BEGINNING)
        assert document.count_waiting(connection) == 1
        agent = document.enrol_agent(connection, AGENT._replace(name="mail"), 1, "active", BEGINNING)
        assert agent == AgentNode(1, "mail", "laptops", KEY, MACHINE, "active")
        assert document.find_agent(connection, KEY) == agent
        assert document.count_waiting(connection) == 0
        other = document.enrol_agent(connection, AGENT._replace(key="34" * 32), 2, "active", BEGINNING)
        assert other.id == 2


def test_the_name_or_machine_of_something_else_that_is_known_is_taken(known: Store) -> None:
    with known.writing() as connection:
        assert not document.is_taken(connection, AGENT, "laptops")
        document.enrol_agent(connection, AGENT, 1, "active", BEGINNING)
        assert not document.is_taken(connection, AGENT, "laptops"), "it is itself"
        other = AGENT._replace(key="34" * 32, name="mail", machine_id="cd" * 32)
        assert not document.is_taken(connection, other, "laptops")
        assert document.is_taken(connection, other._replace(name="web"), "laptops")
        assert document.is_taken(connection, other._replace(machine_id=MACHINE), "laptops")
    known.save([make_run("db", BEGINNING, [make_result("AAA-01")], machine_id="ef" * 32, group="servers")])
    with known.reading() as connection:
        same = other._replace(name="db", machine_id="ef" * 32)
        assert not document.is_taken(connection, same, "servers"), "the machine that SSH reached"
        assert document.is_taken(connection, same, "laptops"), "of another group"
        assert document.is_taken(connection, other._replace(name="db"), "servers"), "another machine of that name"


def test_a_node_that_answers_by_osquery_may_be_the_same_machine_and_hinders_no_agent(known: Store) -> None:
    machine = "node-1"
    known.save([make_run("web", BEGINNING, [make_result("AAA-01")], machine_id=machine, group="laptops")])
    with known.writing() as connection:
        document.enrol_agent(connection, AGENT._replace(key="osquery"), 1, "active", BEGINNING)
        connection.execute(update(server_node).values(door="osquery", machine_id=""))
        assert not document.is_taken(connection, AGENT, "laptops")
        assert not document.is_taken(connection, AGENT, "servers")


def test_the_newest_document_tells_a_replay_and_the_older_are_forgotten(known: Store) -> None:
    with known.writing() as connection:
        held = [Delivered(KEY, 5, f"{5:064}"), Delivered(KEY, 7, f"{7:064}"), Delivered("34" * 32, 2, "9" * 64)]
        note_delivered(connection, held)
        document.forget_older(connection, {KEY: 7})
        found = document.read_taken(connection, [KEY, "34" * 32, "56" * 32])
        assert found == {KEY: {7: f"{7:064}"}, "34" * 32: {2: "9" * 64}, "56" * 32: {}}


def test_what_an_agent_brought_last_stands_at_its_node(known: Store) -> None:
    with known.writing() as connection:
        node = document.enrol_agent(connection, AGENT, 1, "active", BEGINNING)
        document.note_seen(connection, {node.id: ("192.0.2.9", BEGINNING + 3)}, BEGINNING + 5)
        document.note_seen(connection, {node.id: ("192.0.2.9", None)}, BEGINNING + 9)
        document.note_seen(connection, {}, BEGINNING + 11)
        row = connection.execute(server_node.select()).one()
        assert (row.seen, row.audited, row.address) == (BEGINNING + 9, BEGINNING + 3, "192.0.2.9")
