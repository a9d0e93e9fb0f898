"""The log: a deed and its line are one; each line is signed and names the one before."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from rempart_testing.people import NOW, a_server

from rempart_core.signing import dsse
from rempart_server.log import BEGINNING, record
from rempart_store.connection import Connection
from rempart_store.server.account import Access, add_account, list_accounts
from rempart_store.server.event import stream_events


def test_each_event_is_signed_and_follows_the_one_before(tmp_path: Path) -> None:
    with a_server(tmp_path) as context:
        with context.store.writing() as connection:
            for name in ("ana", "ben"):
                record(connection, context, "admin", "user.add", name, role="viewer")
        with context.store.reading() as connection:
            events = list(stream_events(connection))
        previous = BEGINNING
        for number, event in enumerate(events, 1):
            signed = dsse.read(json.loads(event.link))
            assert signed is not None
            assert signed.right
            assert context.key is not None
            assert signed.key == context.key.public
            assert signed.statement["previous"] == previous
            assert (signed.statement["number"], signed.statement["time"]) == (number, NOW)
            assert signed.statement["details"] == {"role": "viewer"}
            previous = hashlib.sha256(event.link.encode()).hexdigest()
            assert event.hash == previous


def test_what_is_undone_leaves_no_event(tmp_path: Path) -> None:
    with a_server(tmp_path) as context:

        def fail(connection: Connection) -> None:
            add_account(connection, "ana", Access("viewer", None), NOW)
            record(connection, context, "admin", "user.add", "ana")
            raise RuntimeError

        with pytest.raises(RuntimeError), context.store.writing() as connection:
            fail(connection)
        with context.store.reading() as connection:
            assert (list_accounts(connection), list(stream_events(connection))) == ([], [])


def test_a_secret_and_what_speaks_to_a_terminal_are_kept_out(tmp_path: Path) -> None:
    with a_server(tmp_path) as context, context.store.writing() as connection:
        with pytest.raises(ValueError, match="secret"):
            record(connection, context, "admin", "user.add", "ana", password="x")
        record(connection, context, "admin", "user.add", "a\x1b[31m\nb" + "c" * 9000)
        (event,) = stream_events(connection)
        assert "\x1b" not in event.subject
        assert "\n" not in event.subject
        assert len(event.subject) == 500
