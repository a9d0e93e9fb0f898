"""``rempart-agent run``, ``identity`` and ``deliver`` as an endpoint has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.channels.framing import SIZE
from rempart_agent.installed import envelope
from rempart_agent.installed.delivery import MAGIC
from rempart_agent.machine_identity import read_identity

AGENT = Path(sys.executable).parent / "rempart-agent"
pytestmark = pytest.mark.skipif(not read_identity(), reason="this machine has no id")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the agent twice."""
    place = tmp_path_factory.mktemp("agent")
    place.chmod(0o755)
    (place / "agent.yaml").write_text("role: server\nengine: embedded\n")
    for _ in range(2):
        done = call(place, "run", "--config", str(place / "agent.yaml"))
        assert done.returncode == 0, done.stderr
        assert b"is signed and waits for the controller" in done.stdout
    return place


def call(place: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [str(AGENT), *words, "--folder", str(place / "data")]
    return subprocess.run(
        command,
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | {"XDG_CACHE_HOME": str(place / "cache")},
    )


def ask(place: Path, *questions: Any) -> list[bytes]:
    """Return the frames of a conversation."""
    asked = [json.dumps(question).encode() for question in questions]
    done = call(place, "deliver", given=b"".join(SIZE.pack(len(one)) + one for one in asked))
    assert done.stdout.startswith(MAGIC), done.stderr
    rest, frames = done.stdout[len(MAGIC) :], []
    while rest:
        size = SIZE.unpack(rest[: SIZE.size])[0]
        frames.append(rest[SIZE.size : SIZE.size + size])
        rest = rest[SIZE.size + size :]
    return frames


def test_what_was_found_is_signed_by_the_key_that_identity_tells(place: Path) -> None:
    told = json.loads(call(place, "identity", "--json").stdout)
    hello, document = ask(place, {"send": json.loads(ask(place)[0])["waiting"][-1][0]})
    assert json.loads(hello)["key"] == told["key"]
    one = envelope.read(document)
    assert (one.key, one.machine_id) == (told["key"], told["machine_id"])
    run = envelope.unpack(one)
    assert run.target.machine_id == told["machine_id"] == read_identity()
    assert (run.role, run.engine.name) == ("server", "embedded")
    assert len(run.results) > 20


def test_a_conversation_takes_what_is_stored_away(place: Path) -> None:
    waiting = json.loads(ask(place)[0])["waiting"]
    (first, size), (second, _) = waiting
    assert json.loads(ask(place)[0])["last"] == 0
    data = ask(place, {"send": first, "envelope": "dsse"})[1]
    assert len(data) == size
    wrong, right = [second, "00" * 32], [first, envelope.read(data).digest]
    assert json.loads(ask(place, {"stored": [wrong, right]})[1]) == {"gone": [first]}
    hello, none, last = ask(place, {"send": first, "envelope": "dsse"}, {"send": 0, "envelope": "dsse"})
    assert json.loads(hello)["waiting"] == waiting[1:]
    assert none == b""
    assert last == data


@pytest.mark.parametrize("given", [b"\xff\xff\xff\xff", b"\0\0\0\2{", b"\0\0\0\2[]", b'\0\0\0\x0a{"send":""}'])
def test_a_controller_that_talks_nonsense_is_told(place: Path, given: bytes) -> None:
    done = call(place, "deliver", given=given)
    assert done.returncode == 3
    assert b"controller" in done.stderr
    assert b"Traceback" not in done.stderr


def test_only_what_signs_pays_for_it(place: Path) -> None:
    for words in (["query", "SELECT 1"], ["deliver", "--folder", str(place / "data")], ["run", "--help"]):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", str(AGENT), *words], input=b"", capture_output=True, check=True
        )
        assert b"rempart_agent.cli.base" in done.stderr
        assert b"cryptography" not in done.stderr, words


def test_options_of_an_audit_print_and_do_not_go_with_the_agents_file(place: Path) -> None:
    done = call(place, "run", "--role", "server")
    assert done.returncode == 2
    assert b"--role prints the results" in done.stderr
    assert call(place, "run", "--config", str(place / "none.yaml")).returncode == 2


def test_no_agent_ever_ran(tmp_path: Path) -> None:
    done = call(tmp_path, "deliver")
    assert done.returncode == 3
    assert b"no agent has run here" in done.stderr
    assert done.stdout == b""
