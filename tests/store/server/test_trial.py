"""A write on trial leaves one row, whatever is tried how often."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from rempart_store.schema.server_node import server_setting
from rempart_store.server.trial import write_trial
from rempart_store.store import Store


def test_one_row_has_the_last_moment(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "s.db")) as store:
        for now in (5, 7):
            with store.writing() as connection:
                write_trial(connection, now)
        with store.reading() as connection:
            rows = connection.execute(select(server_setting.c.name, server_setting.c.value)).all()
    assert [tuple(row) for row in rows] == [("trial", "7")]
