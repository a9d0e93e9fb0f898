"""A real osqueryd with what ``rempart server enrol`` prints: it is enrolled and audited, and out once it is revoked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.osquery_script import real_osqueryd
from rempart_testing.osquery_wire import read_enrolment
from rempart_testing.server import running

from rempart_controller.commands.main import main
from rempart_core.model.result import State
from rempart_server.settings_file import read_settings
from rempart_store.server.event import list_events
from rempart_store.server.node import list_nodes
from rempart_store.store import Store

OSQUERYD = os.environ.get("REMPART_OSQUERYD", "")
PATIENCE = 600.0


def _wait(until: Callable[[], bool], said: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < ends, said.read_text(encoding="utf-8", errors="replace")[-4000:]
        time.sleep(0.5)


@pytest.mark.skipif(not OSQUERYD, reason="REMPART_OSQUERYD names no osqueryd")
def test_it_enrols_is_audited_and_is_out_once_it_is_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path, "interval: 10s\n") as server:
        at = ["--dir", str(server.directory)]
        assert main(["server", "group", "add", "here", "--profile", "gdpr-32", *at]) == 0
        capsys.readouterr()
        assert main(["server", "enrol", "here", *at]) == 0
        told = read_enrolment(capsys.readouterr().out)
        place = tmp_path / "osqueryd"
        store = Store.open(read_settings(str(server.directory)).place, create=False)
        with store, real_osqueryd(OSQUERYD, place, told):
            _wait(lambda: bool(store.fleet()), place / "said")
            assert {standing.state for standing in store.standings()} - {State.ERROR, State.NOT_CHECKED}
            with store.reading() as connection:
                (node,) = list_nodes(connection, None)
            assert (node.group, node.door, node.platform) == ("here", "osquery", "linux")
            assert node.version.startswith("5.")
            assert main(["server", "node", "revoke", "1", *at]) == 0

            def is_out() -> bool:
                with store.reading() as connection:
                    return "node.refused" in {event.action for event in list_events(connection, 10)}

            _wait(is_out, place / "said")
