"""What every part of the server is given."""

from __future__ import annotations

import time
from pathlib import Path

from rempart_server.context import Context
from rempart_server.settings import Settings
from rempart_server.writer import Writer
from rempart_store.store import Store


def test_the_clock_is_the_machine_s_unless_another_is_given(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        writer = Writer(store)
        settings = Settings(str(tmp_path), "localhost")
        assert Context(settings, store, writer).clock is time.time
        assert Context(settings, store, writer, lambda: 5.0).clock() == 5.0
        writer.close()
