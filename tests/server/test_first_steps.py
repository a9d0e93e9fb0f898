"""The steps of the manual, as a user takes them: a server, a machine that reports, its verdicts, the whole chain."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Container
from pathlib import Path

from rempart_testing.server import PATIENCE, free_port

from rempart_core.model.history import Standing
from rempart_core.signing.key import load_key
from rempart_store.store import Store

ROOT = Path(__file__).parents[2]


class Steps:
    """A server in a directory, as the commands make and run it."""

    def __init__(self, folder: Path) -> None:
        self.directory = folder / "s"
        self.said = folder / "said"
        self.rempart("server", "init", "--name", "localhost", "--dir", str(self.directory))
        with (self.directory / "server.yaml").open("a", encoding="utf-8") as file:
            file.write(f"address: 127.0.0.1\nport: {free_port()}\n")
        self.process = self.start()
        self.rempart("server", "group", "add", "here", "--profile", "server", "--dir", str(self.directory))
        self.enrolment = folder / "enrol.txt"
        self.enrolment.write_text(
            self.rempart("server", "enrol", "here", "--dir", str(self.directory)), encoding="utf-8"
        )

    def rempart(self, *words: str, status: Container[int] = (0,), given: str = "") -> str:
        """Run a command, and return what it prints."""
        return self.python("-m", "rempart_testing.rempart", *words, status=status, given=given)

    def python(self, *words: str, status: Container[int] = (0,), given: str = "") -> str:
        """Run Python with the product and the tests' support, and return what it prints."""
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, check=False, env=_surroundings(), input=given
        )
        assert done.returncode in status, f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server."""
        command = [sys.executable, "-m", "rempart_testing.rempart", "server", "run", "--dir", str(self.directory)]
        with self.said.open("ab") as said:
            return subprocess.Popen(command, stdout=said, stderr=said, env=_surroundings(), start_new_session=True)

    def kill(self) -> None:
        """Kill the server with its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def verdicts(self, seconds: float = PATIENCE) -> list[Standing]:
        """Return what the store has, once there is something."""
        ends = time.monotonic() + seconds
        while True:
            with Store.open(str(self.directory / "store.db")) as store:
                found = store.standings()
            if found or time.monotonic() > ends:
                assert found, self.said.read_text(encoding="utf-8")
                return found
            time.sleep(0.2)


def _surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}


def test_a_machine_reports_and_its_verdicts_are_those_of_an_audit(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    try:
        client = ["-m", "rempart_testing.osquery_client", "--enrol", str(steps.enrolment), "--embedded", "--once"]
        told = steps.python(*client)
        assert re.fullmatch(r"enrolled; \d+ statements in \d+ batches; written\n", told)
        steps.verdicts()
        store = str(steps.directory / "store.db")
        assert "hosts: 1" in steps.rempart("fleet", "--store", store)
        audit = steps.rempart(
            "audit", "--profile", "server", "--json", "-", status=(0, 1, 3)
        )  # what it finds here is not told
        compared = steps.python(str(ROOT / "bench/compare_server.py"), store, given=audit)
        assert compared.endswith("0 verdicts differ without a reason\n")
        assert "transport" in steps.rempart("fleet", "--store", store)
        steps.kill()
        steps.process = steps.start()
        bundle = str(tmp_path / "bundle.jsonl")
        head, key = re.findall("[0-9a-f]{64}", steps.rempart("export", "--store", store, "--out", bundle))
        keys = ["--key", key, "--key", load_key(str(steps.directory / "signing.key")).public]
        assert steps.rempart("verify", bundle, *keys, "--head", head)
        assert "hosts: 1" in steps.rempart("fleet", "--store", store)
    finally:
        steps.kill()
