"""Nodes by pages: each once, by name, of the groups that may be read."""

from __future__ import annotations

from sqlalchemy import insert

from rempart_store.schema.server_node import server_node
from rempart_store.server.group import add_group
from rempart_store.server.node_view import After, count_nodes, list_nodes
from rempart_store.store import Store


def fill(store: Store) -> None:
    """Add seven nodes of two groups and of none."""
    with store.writing() as connection:
        for name in ("a", "b"):
            add_group(connection, name, "server", "", (), 1)
        for number in range(1, 8):
            state = "waiting" if number % 3 == 0 else "active"
            texts = {
                "door": "osquery",
                "name": f"node-{number % 2}",
                "state": state,
                "clone": "uuid 1" if number == 1 else "",
            }
            texts |= dict.fromkeys(
                ("identifier", "uuid", "instance_id", "machine_id", "platform", "system", "version"), ""
            )
            times = {"id": number, "group_id": number % 3, "enrolled": 1, "seen": 1, "due": 1}
            connection.execute(insert(server_node).values(**texts, **times, address=""))


def test_each_node_stands_on_one_page(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        found: list[int] = []
        after = None
        while some := list_nodes(connection, None, after=after, limit=3):
            found += [one.id for one in some]
            after = After(some[-1].name, some[-1].id)
        assert found == [2, 4, 6, 1, 3, 5, 7]
        assert {one.group for one in list_nodes(connection, None)} == {"", "a", "b"}


def test_only_those_of_the_groups_that_may_be_read(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        mine = frozenset({"a"})
        assert [one.id for one in list_nodes(connection, mine)] == [4, 1, 7]
        assert list_nodes(connection, frozenset()) == []
        assert count_nodes(connection, mine) == {"waiting": 0, "active": 3, "revoked": 0, "merged": 0, "flagged": 1}
        assert count_nodes(connection, None)["waiting"] == 2
        assert [one.id for one in list_nodes(connection, None, "flagged")] == [1]
        assert [one.id for one in list_nodes(connection, None, "waiting")] == [6, 3]
