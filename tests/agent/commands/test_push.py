"""``rempart-agent enrol`` and ``push`` with a real server: each document arrives once, whatever is ended when."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.pushing import pushing
from rempart_testing.server import PATIENCE

from rempart_agent.machine_identity import read_identity

pytestmark = pytest.mark.skipif(not read_identity(), reason="this machine has no id")


def test_what_waits_is_stored_by_the_server_and_gone_here(tmp_path: Path) -> None:
    with pushing(tmp_path) as both:
        done = both.enrol()
        assert (done.returncode, done.stderr) == (0, "")
        assert "as node 1, group laptops" in done.stdout
        times = both.put(0, 3)
        done = both.call("push")
        assert (done.returncode, done.stdout, done.stderr) == (0, "3 documents stored\n", "")
        assert (both.stored(), both.waiting()) == (times, 0)
        assert both.call("push").stdout == "0 documents stored\n"


def test_an_agent_that_waits_to_be_accepted_keeps_its_documents(tmp_path: Path) -> None:
    with pushing(tmp_path) as both:
        done = both.enrol("--name", "web-1")
        assert done.returncode == 0
        assert "rempart server node accept 1" in done.stdout
        both.put(0, 2)
        done = both.call("push")
        assert done.returncode == 3
        assert "rempart server node accept 1" in done.stderr
        assert (both.stored(), both.waiting()) == ([], 2)


def test_documents_of_days_without_a_server_come_each_once(tmp_path: Path) -> None:
    with pushing(tmp_path) as both:
        assert both.enrol().returncode == 0
        assert both.server.stop() == 0
        times = both.put(0, 3)
        done = both.call("push", "--once")
        assert (done.returncode, done.stdout, both.waiting()) == (3, "0 documents stored\n", 3)
        assert "https://localhost" in done.stderr
        goes_on = both.start("push")
        assert goes_on.stderr is not None
        assert b"next try in" in goes_on.stderr.readline()
        goes_on.terminate()
        out, _ = goes_on.communicate(timeout=PATIENCE)
        assert (goes_on.returncode, out, both.waiting()) == (0, b"0 documents stored\n", 3)
        again = both.restart()
        try:
            assert again.call("push").stdout == "3 documents stored\n"
            assert (again.stored(), again.waiting()) == (times, 0)
        finally:
            again.server.stop()


def test_without_a_server_it_says_what_to_do(tmp_path: Path) -> None:
    import subprocess

    from rempart_testing.pushing import AGENT

    done = subprocess.run([AGENT, "push", "--folder", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "rempart-agent enrol" in done.stderr
