"""Bytes go into the store and come out of it as they are, on both databases."""

from __future__ import annotations

import pytest

from rempart_store.server.audit import Stored, begin_audit, read_answers, read_audit, write_answers
from rempart_store.store import Store


@pytest.mark.parametrize("rows", [b"[]", b"\x00\xff" * 300, bytes(range(256))])
def test_bytes_come_back_as_bytes(store: Store, rows: bytes) -> None:
    with store.writing() as connection:
        audit = begin_audit(connection, 1, 5, 9, rows)
        write_answers(connection, audit.id, {b"\x00" * 16: Stored(0, "said", rows)}, 5)
    with store.reading() as connection:
        found = read_audit(connection, audit.id)
        assert found is not None
        assert type(found.plan) is bytes
        assert found.plan == rows
        assert read_answers(connection, audit.id) == {b"\x00" * 16: Stored(0, "said", rows)}
