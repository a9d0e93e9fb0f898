"""Groups of nodes."""

from __future__ import annotations

from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.group import (
    add_group,
    change_group,
    count_nodes,
    find_group,
    list_groups,
    read_group,
    remove_group,
)
from rempart_store.server.secret import make_secret
from rempart_store.store import Store


def test_a_group_is_found_by_name_and_number_and_made_once(store: Store) -> None:
    with store.writing() as connection:
        made = add_group(connection, "laptops", "workstation", "", ["password_length=14"], 100)
        assert made is not None
        assert add_group(connection, "laptops", "server", "", [], 200) is None
        add_group(connection, "alpha", "server", "", [], 300)
    with store.reading() as connection:
        assert find_group(connection, "laptops") == read_group(connection, made.id) == made
        assert made.parameters == ("password_length=14",)
        assert [group.name for group in list_groups(connection)] == ["alpha", "laptops"]
        assert find_group(connection, "none") is None


def test_what_is_not_named_stays_when_a_group_is_changed(small: Store) -> None:
    with small.writing() as connection:
        made = add_group(connection, "laptops", "workstation", "kiosk", ["a=1"], 100)
        assert made is not None
        changed = change_group(connection, made, None, "", None)
        assert changed == made._replace(role="")
        assert read_group(connection, made.id) == changed


def test_a_group_with_nodes_is_not_removed(small: Store) -> None:
    with small.writing() as connection:
        made = add_group(connection, "laptops", "workstation", "", [], 100)
        assert made is not None
        secret = make_secret(connection, made.id, 100)
        enrol(connection, Enrolment(secret, "i", "pc1", "u", "i", "linux", "Debian", "5.23"), "192.0.2.1", 100)
        assert count_nodes(connection) == {made.id: 1}
        assert not remove_group(connection, made)
        empty = add_group(connection, "empty", "server", "", [], 100)
        assert empty is not None
        assert remove_group(connection, empty)
        assert [group.name for group in list_groups(connection)] == ["laptops"]
