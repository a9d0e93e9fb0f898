"""Hooks are told of what they want to know, of their groups alone, and each delivery is one worker's at a time."""

from __future__ import annotations

import json

from rempart_store.server.hook import (
    add_hook,
    claim_deliveries,
    forget_deliveries,
    is_due,
    list_deliveries,
    list_hooks,
    note_delivery,
    queue,
    remove_hook,
)
from rempart_store.store import Store

NOW = 1_795_000_000
URL = "https://example.org/in"


def test_a_hook_hears_of_its_kinds_and_groups_alone(store: Store) -> None:
    with store.writing() as connection:
        add_hook(connection, URL, ["host.silent"], ["laptops"], private=False)
        add_hook(connection, URL, ["host.silent", "day.changes"], [], private=False)
        told = [
            queue(connection, kind, group, {}, NOW)
            for kind, group in (("host.silent", "laptops"), ("host.silent", "servers"), ("host.silent", ""))
        ]
        assert told == [2, 1, 1]
        assert queue(connection, "day.changes", "laptops", {}, NOW) == 1
        assert queue(connection, "node.waiting", "", {}, NOW) == 0


def test_what_is_sent_says_what_happened_and_who_tells_it_holds_it_alone(store: Store) -> None:
    with store.writing() as connection:
        _, secret = add_hook(connection, URL, ["host.silent"], [], private=True)
        queue(connection, "host.silent", "laptops", {"host": "pc1"}, NOW)
        (one,) = claim_deliveries(connection, NOW, 120, 10)
        assert (one.url, one.secret, one.private, one.tries) == (URL, secret, True, 1)
        said = {"id": 1, "kind": "host.silent", "time": NOW, "group": "laptops", "host": "pc1"}
        assert json.loads(one.body) == said
        assert claim_deliveries(connection, NOW + 119, 120, 10) == []
        assert [again.tries for again in claim_deliveries(connection, NOW + 120, 120, 10)] == [2]


def test_a_delivery_ends_and_is_remembered_for_a_while(store: Store) -> None:
    with store.writing() as connection:
        add_hook(connection, URL, ["host.silent"], [], private=False)
        queue(connection, "host.silent", "laptops", {}, NOW)
        assert is_due(connection, NOW)
        claim_deliveries(connection, NOW, 120, 10)
        note_delivery(connection, 1, "503", NOW + 1, NOW + 31)
        assert not is_due(connection, NOW + 30)
        assert is_due(connection, NOW + 31)
        note_delivery(connection, 1, "204", NOW + 40, None)
        assert not is_due(connection, NOW + 1000)
        assert [(told.status, told.done) for told in list_deliveries(connection, [1], 10)] == [("204", NOW + 40)]
        assert list_deliveries(connection, [2], 10) == []
        forget_deliveries(connection, NOW + 41)
        assert list_deliveries(connection, None, 10) == []


def test_a_hook_that_is_removed_is_told_nothing_more(store: Store) -> None:
    with store.writing() as connection:
        add_hook(connection, URL, ["host.silent"], [], private=False)
        queue(connection, "host.silent", "laptops", {}, NOW)
        assert remove_hook(connection, 1)
        assert claim_deliveries(connection, NOW, 120, 10) == []
        assert list_hooks(connection) == []
        assert not remove_hook(connection, 1)
