"""Audits under way, on SQLite and PostgreSQL."""

from __future__ import annotations

from rempart_store.server.audit import (
    DENYLISTED,
    Stored,
    begin_audit,
    count_open,
    deny,
    drop_audit,
    forget_ahead,
    forget_denied,
    is_ahead,
    list_unjudged,
    read_answers,
    read_audit,
    read_denied,
    write_answers,
    write_audit,
)
from rempart_store.store import Store

NOW = 1_800_000_000


def test_an_audit_is_kept_until_it_is_dropped_and_its_answers_with_it(store: Store) -> None:
    with store.writing() as connection:
        audit = begin_audit(connection, 7, NOW, NOW + 1800, b"{}")
        other = begin_audit(connection, 8, NOW, NOW + 60, b"{}")
        write_audit(connection, audit._replace(sequence=3, leased=NOW + 120))
        long = b"[" + b'{"a":"b"},' * 999 + b"{}]"
        write_answers(connection, audit.id, {b"x": Stored(0, "", long), b"y": Stored(1, "no such table: t")}, NOW)
    assert audit.id != other.id
    with store.reading() as connection:
        assert read_audit(connection, audit.id) == audit._replace(sequence=3, leased=NOW + 120)
        assert read_answers(connection, audit.id) == {b"x": Stored(0, "", long), b"y": Stored(1, "no such table: t")}
        assert count_open(connection) == 2
        assert list_unjudged(connection, NOW + 60) == [other.id]
    with store.writing() as connection:
        drop_audit(connection, audit)
        assert read_audit(connection, audit.id) is None
        assert read_answers(connection, audit.id) == {}


def test_what_a_node_refuses_is_forgotten_when_its_time_is_over(store: Store) -> None:
    with store.writing() as connection:
        deny(connection, 7, {b"x": "distributed query is denylisted"}, NOW + 10)
        deny(connection, 7, {b"x": "again"}, NOW + 20)
        assert read_denied(connection, 7, NOW + 19) == {b"x": "again"}
        assert read_denied(connection, 8, NOW) == {}
        assert read_denied(connection, 7, NOW + 20) == {}
        forget_denied(connection, NOW + 20)
        assert read_denied(connection, 7, NOW) == {}
    assert DENYLISTED == -2


def test_what_was_written_while_the_clock_was_ahead_does_not_last(store: Store) -> None:
    with store.writing() as connection:
        ahead = begin_audit(connection, 1, NOW + 90_000, NOW + 91_800, b"{}")
        held = begin_audit(connection, 2, NOW, NOW + 1800, b"{}")
        write_answers(connection, ahead.id, {b"x": Stored(0)}, NOW)
        deny(connection, 7, {b"x": "distributed query is denylisted"}, NOW + 90_000 + 86_400)
        assert [is_ahead(one, NOW) for one in (ahead, held)] == [True, False]
        assert read_denied(connection, 7, NOW) == {}
        forget_ahead(connection, NOW)
        assert read_audit(connection, ahead.id) is None
        assert read_answers(connection, ahead.id) == {}
        assert read_audit(connection, held.id) == held
