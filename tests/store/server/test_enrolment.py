"""How machines become nodes."""

from __future__ import annotations

import pytest

from rempart_store.server.enrolment import NODE_REVOKED, Enrolled, Enrolment, enrol
from rempart_store.server.group import add_group
from rempart_store.server.node import OVERLAP, accept_node, find_by_key, list_nodes, merge_node, revoke_node
from rempart_store.server.secret import SPENT, UNKNOWN, list_secrets, make_secret
from rempart_store.store import Store

NOW = 1_800_000_000
# uuid: system_info.uuid of osquery (the board's); instance_id: osquery_info.instance_id (random, in its database)
SAID = Enrolment(
    "",
    "4b8f",
    "pc1",
    "4c4c4544-0042-3510-8052-c7c04f4e3232",
    "4b8f",
    "linux",
    "Debian GNU/Linux 12 (bookworm)",
    "5.23.0",
)


@pytest.fixture
def secret(store: Store) -> str:
    with store.writing() as connection:
        made = add_group(connection, "laptops", "workstation", "", [], NOW)
        assert made is not None
        return make_secret(connection, made.id, NOW)


def _enrol(store: Store, said: Enrolment, now: int = NOW) -> Enrolled:
    with store.writing() as connection:
        return enrol(connection, said, "192.0.2.7", now)


def test_a_machine_becomes_a_node_of_the_group_of_its_secret(store: Store, secret: str) -> None:
    done = _enrol(store, SAID._replace(secret=secret))
    assert done.new
    assert done.node is not None
    assert (done.node.group, done.node.name, done.node.state, done.node.clone) == ("laptops", "pc1", "active", "")
    assert done.node.due == NOW  # its first audit begins at once
    with store.reading() as connection:
        assert find_by_key(connection, done.key, NOW) == done.node


def test_a_machine_that_enrols_again_is_the_same_node_and_its_old_key_lives_ten_minutes(
    store: Store, secret: str
) -> None:
    first = _enrol(store, SAID._replace(secret=secret))
    again = _enrol(store, SAID._replace(secret=secret, version="5.24.0"), NOW + 60)
    assert not again.new
    assert again.node is not None
    assert first.node is not None
    assert again.node.id == first.node.id
    assert again.node.version == "5.24.0"
    assert again.key != first.key
    with store.reading() as connection:
        assert find_by_key(connection, first.key, NOW + 60 + OVERLAP - 1) == again.node
        assert find_by_key(connection, first.key, NOW + 60 + OVERLAP) is None
        assert find_by_key(connection, again.key, NOW + 60 + OVERLAP) == again.node
        assert OVERLAP == 600


def test_a_wrong_secret_makes_no_node(store: Store, secret: str) -> None:
    done = _enrol(store, SAID._replace(secret=secret + "x"))
    assert done == Enrolled("", None, False, "", UNKNOWN)
    with store.reading() as connection:
        assert list_nodes(connection, None) == []


def test_uses_count_machines_and_a_spent_secret_lets_enrolled_ones_come_back(store: Store) -> None:
    with store.writing() as connection:
        made = add_group(connection, "laptops", "workstation", "", [], NOW)
        assert made is not None
        secret = make_secret(connection, made.id, NOW, uses=1)
    assert _enrol(store, SAID._replace(secret=secret)).key
    assert _enrol(store, SAID._replace(secret=secret)).key
    other = _enrol(store, SAID._replace(secret=secret, uuid="other", instance_id="other"))
    assert (other.key, other.why) == ("", SPENT)
    with store.reading() as connection:
        assert list_secrets(connection, made.id)[0].used == 1


def test_the_same_uuid_with_another_database_is_another_node_and_flagged(store: Store, secret: str) -> None:
    first = _enrol(store, SAID._replace(secret=secret)).node
    second = _enrol(store, SAID._replace(secret=secret, instance_id="other", identifier="other")).node
    assert first is not None
    assert second is not None
    assert second.id != first.id
    assert (second.clone, second.state) == (f"uuid {first.id}", "active")
    with store.writing() as connection:
        accept_node(connection, second.id, None)
    again = _enrol(store, SAID._replace(secret=secret, instance_id="other", identifier="other")).node
    assert again is not None
    assert again.clone == ""


def test_machines_without_a_uuid_are_told_apart_by_identifier_and_name(store: Store, secret: str) -> None:
    first = _enrol(store, SAID._replace(secret=secret, uuid=""))
    same = _enrol(store, SAID._replace(secret=secret, uuid=""))
    other = _enrol(store, SAID._replace(secret=secret, uuid="", name="pc2"))
    assert (first.new, same.new, other.new) == (True, False, True)


def test_a_revoked_node_can_not_enrol_again_until_it_is_accepted(store: Store, secret: str) -> None:
    done = _enrol(store, SAID._replace(secret=secret))
    assert done.node is not None
    with store.writing() as connection:
        revoke_node(connection, done.node.id)
        assert find_by_key(connection, done.key, NOW) is None
    again = _enrol(store, SAID._replace(secret=secret))
    assert (again.key, again.why) == ("", NODE_REVOKED)
    elsewhere = _enrol(store, SAID._replace(secret=secret, instance_id="other"))
    assert elsewhere.node is not None
    assert elsewhere.node.state == "waiting"
    with store.writing() as connection:
        accept_node(connection, done.node.id, None)
    assert _enrol(store, SAID._replace(secret=secret)).key


def test_a_machine_goes_where_its_new_secret_leads(store: Store, secret: str) -> None:
    _enrol(store, SAID._replace(secret=secret))
    with store.writing() as connection:
        made = add_group(connection, "servers", "server", "", [], NOW)
        assert made is not None
        other = make_secret(connection, made.id, NOW)
    moved = _enrol(store, SAID._replace(secret=other))
    assert not moved.new
    assert moved.node is not None
    assert moved.node.group == "servers"


def test_a_merged_node_keeps_the_name_of_its_machine(store: Store, secret: str) -> None:
    done = _enrol(store, SAID._replace(secret=secret))
    assert done.node is not None
    with store.writing() as connection:
        merge_node(connection, done.node.id, "pc1.example.org", "ab" * 32)
    again = _enrol(store, SAID._replace(secret=secret)).node
    assert again is not None
    assert (again.name, again.machine_id) == ("pc1.example.org", "ab" * 32)


def test_neither_secret_nor_key_stands_in_a_traceback(small: Store) -> None:
    said = SAID._replace(secret="planted-4711")
    assert "planted-4711" not in repr(said)
    assert "pc1" in repr(said)
    assert "planted-4711" not in repr(Enrolled("planted-4711", None, True, "laptops", ""))
