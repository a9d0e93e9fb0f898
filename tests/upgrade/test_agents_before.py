"""An agent of before and a new controller, and the other way round: each takes and gives what the other knows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_agent.channels.framing import SIZE
from rempart_agent.installed import envelope
from rempart_agent.installed.delivery import MAGIC
from rempart_agent.installed.spool import Bounds, Spool
from rempart_controller.agents.contract import Delivery
from rempart_controller.agents.endpoint_spool import EndpointSpool
from rempart_controller.agents.inspection import Taken, inspect
from rempart_controller.agents.known import Agent
from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import ConnectionRequest
from rempart_controller.transports.local import Local
from rempart_core.error import DocumentError
from rempart_core.model.history import Delivered
from rempart_core.signing.key import Key, load_key
from upgrade import envelope_before

HERE = Path(__file__).parent
AGENT = Path(sys.executable).parent / "rempart-agent"
MACHINE = "1" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of an agent in whose spool two documents wait."""
    folder = tmp_path / "agent"
    key = load_key(str(folder / "key.pem"))
    (folder / "key.pub").write_text(key.public + "\n")
    run = make_run("web", BEGINNING, [make_result("AAA-01")], machine_id=MACHINE)
    for _ in range(2):
        Spool(str(folder)).put(lambda number, gone: envelope.seal(run, key, number, gone), Bounds())
    return folder


def ask(folder: Path, *questions: Any) -> list[bytes]:
    """Return the frames with which the present agent answers."""
    asked = [json.dumps(question).encode() for question in questions]
    given = b"".join(SIZE.pack(len(one)) + one for one in asked)
    command = [str(AGENT), "deliver", "--folder", str(folder)]
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    assert done.stdout.startswith(MAGIC)
    rest, frames = done.stdout[len(MAGIC) :], []
    while rest:
        size = SIZE.unpack(rest[: SIZE.size])[0]
        frames.append(rest[SIZE.size : SIZE.size + size])
        rest = rest[SIZE.size + size :]
    return frames[1:]


def test_a_controller_of_before_is_given_what_it_knows_and_takes_it_away(folder: Path) -> None:
    """It asks without naming a form; what it was given once stays so, and what it stored can be shown again."""
    first, second = (one.number for one in Spool(str(folder)).waiting())
    (data,) = ask(folder, {"send": first})
    one = envelope_before.read(data)
    assert (one.number, envelope_before.unpack(one)) == (first, envelope.unpack(envelope.read(data)))
    assert ask(folder, {"send": first}, {"send": first, "envelope": "dsse"}) == [data, data]
    (said,) = ask(folder, {"stored": [[first, one.digest]]})
    assert json.loads(said) == {"gone": [first]}
    assert ask(folder, {"send": 0}, {"send": 0, "envelope": "dsse"}, {"send": first}) == [data, data, b""]
    (signed,) = ask(folder, {"send": second, "envelope": "dsse"})
    with pytest.raises(DocumentError):
        envelope_before.read(signed)
    (said,) = ask(folder, {"stored": [[second, envelope.read(signed).digest]]})
    assert json.loads(said) == {"gone": [second]}
    flat, again = ask(folder, {"send": 0}, {"send": 0, "envelope": "dsse"})
    assert envelope_before.read(flat).number == second
    assert again == signed  # the controller that has stored it knows it by this digest


def test_a_damaged_document_reaches_a_controller_of_before_which_says_why(folder: Path) -> None:
    (first, _) = (one.number for one in Spool(str(folder)).waiting())
    path = folder / f"spool/{first}.signed"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (data,) = ask(folder, {"send": first})
    with pytest.raises(DocumentError, match="its document is not the one that was signed"):
        envelope_before.read(data)
    path.write_bytes(b"nonsense")
    assert ask(folder, {"send": first}) == [b"nonsense"]


def collected(folder: Path, command: str) -> tuple[EndpointSpool, Host, Delivery]:
    program = folder.parent / "rempart-agent"
    program.write_text(f"#!/bin/sh\nexec {command}\n")
    program.chmod(0o755)
    host = Host("web", connection="local", variables={"rempart_agent_command": str(program)})
    source = EndpointSpool(Local())
    return source, host, source.collect(host, request())


def request() -> ConnectionRequest:
    return ConnectionRequest(until=time.monotonic() + 60)


@pytest.mark.parametrize("age", ["before", "now"])
def test_a_new_controller_takes_documents_of_either_agent(folder: Path, key_before: Key, age: str) -> None:
    """An agent of before passes over the form that is asked for."""
    command = f"{AGENT} deliver --folder {folder}"
    key = load_key(str(folder / "key.pem"))
    if age == "before":
        shutil.rmtree(folder)
        shutil.copytree(HERE / "0.1.0-late/agent", folder)
        key = key_before
        (folder / "key.pub").write_text(key.public + "\n")
        command = f"{sys.executable} {HERE}/delivery_before.py {folder}"
    source, host, delivery = collected(folder, command)
    agent = Agent(MACHINE, key.public)
    found = inspect(delivery._replace(machine_id=MACHINE), agent, Taken(), BEGINNING + 60)
    assert (len(found.new), found.refused) == (2, ())
    assert all((b"payload" in one.data[:20]) is (age == "now") for one in found.new)
    stored = [Delivered(one.key, one.number, one.digest) for one in found.new]
    assert source.confirm(host, stored, request()) == [one.number for one in found.new]
    last = source.collect(host, request())
    taken = Taken(found.new[-1].number, {one.number: one.digest for one in found.new})
    again = inspect(last._replace(machine_id=MACHINE), agent, taken, BEGINNING + 60)
    assert (again.new, again.refused, again.old and again.old.number) == ((), (), found.new[-1].number)


@pytest.fixture
def key_before(tmp_path: Path) -> Key:
    shutil.copy(HERE / "0.1.0-late/key.pem", tmp_path / "before.pem")
    (tmp_path / "before.pem").chmod(0o600)
    return load_key(str(tmp_path / "before.pem"), create=False)
