"""A real osqueryd that enrolled by the flags alone, with our extension: what asks our own tables is judged there too.

It runs where ``REMPART_OSQUERYD`` names an osqueryd.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from rempart_testing.osquery_script import real_osqueryd
from rempart_testing.osquery_wire import read_enrolment
from rempart_testing.server import Running, running

from rempart_agent.commands.extension import write_script
from rempart_core.model.history import Standing
from rempart_server.osquery.flagfile import flagfile
from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret
from rempart_store.store import Store

PROGRAM = os.environ.get("REMPART_OSQUERYD", "")
PATIENCE = 400.0
pytestmark = [
    pytest.mark.early,
    pytest.mark.skipif(not PROGRAM, reason="REMPART_OSQUERYD names no osqueryd"),
    pytest.mark.skipif(os.geteuid() != 0, reason="osqueryd starts extensions of root alone"),
]


def enrolment_of(server: Running) -> str:
    """Return what ``rempart server enrol`` prints for a new group."""
    with Store.open(str(server.directory / "store.db")) as store, store.writing() as connection:
        group = add_group(connection, "here", "server", "", (), int(time.time()))
        assert group is not None
        secret = make_secret(connection, group.id, int(time.time()))
    flags = flagfile("linux", f"localhost:{server.port}", 10)
    files = {"osquery.flags": flags, "ca.pem": (server.directory / "ca.pem").read_text(), "enroll_secret": secret}
    return "".join(f"# --- {name} ---\n{text}\n" for name, text in files.items())


def await_standings(server: Running) -> list[Standing]:
    """Return how the machine's checks stand once it was audited."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with Store.open(str(server.directory / "store.db")) as store:
            found = list(store.standings(details=True))
        if found:
            return found
        time.sleep(1)
    raise AssertionError(server.said())


def test_checks_of_our_own_tables_are_judged_on_an_osqueryd_with_the_extension(tmp_path: Path) -> None:
    directory = tmp_path / "osqueryd"
    directory.mkdir(mode=0o755)
    write_script(str(directory / "rempart.ext"))
    (directory / "extensions.load").write_text(f"{directory}/rempart.ext\n")
    with running(tmp_path, "interval: 10s\n") as server:
        enrolment = read_enrolment(enrolment_of(server))
        more = {
            "extensions_autoload": str(directory / "extensions.load"),
            "extensions_require": "rempart",
            "extensions_timeout": "20",
            "extensions_interval": "1",
        }
        with real_osqueryd(PROGRAM, directory, enrolment._replace(flags=enrolment.flags | more)):
            found = await_standings(server)
    lacking = [one.check for one in found if one.detail.get("failure") in {"no_table", "no_column"}]
    failed = {one.check: one.detail["reason"][0] for one in found if one.detail.get("failure") == "engine"}
    assert (lacking, failed) == ([], {})
    judged = [one for one in found if one.state.value in {"pass", "fail"}]
    assert len(judged) > 30
