"""An agent is enrolled once the server says so; what it says else changes nothing here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.https_server import Heard, Says, https_server

from rempart_agent.installed import enrol, enrolment
from rempart_agent.installed.server_link import SETTINGS, read_server
from rempart_agent.machine_identity import read_identity
from rempart_core.error import DeliveryError, UsageError
from rempart_core.messages.message import Message
from rempart_core.signing.key import load_key

needs_identity = pytest.mark.skipif(not read_identity(), reason="this machine has no id")


def run(tmp_path: Path, said: Says, secret: str = "", name: str = "") -> tuple[Message, list[Heard]]:
    heard: list[Heard] = []

    def answer(one: Heard) -> Says:
        heard.append(one)
        return said

    folder = tmp_path / "agent"
    with https_server(tmp_path, answer) as server:
        done = enrol.enrol(str(folder), server, secret, name)
        assert read_server(str(folder)) == server
    return done, heard


def says(state: str = "active") -> Says:
    return Says(200, json.dumps({"node": 7, "state": state, "group": "laptops", "name": "web"}).encode())


@needs_identity
def test_what_is_sent_is_signed_with_the_machine_s_key_and_the_secret_goes_nowhere_else(tmp_path: Path) -> None:
    done, ((path, body),) = run(tmp_path, says(), "s3cret-of-laptops", "web-1")
    assert (path, done.id) == ("/api/rempart/enrol", "agent_push.enrolled")
    told = json.loads(body)
    found = enrolment.read(told["enrolment"], told["secret"])
    assert found is not None
    key, one = found
    assert (one.machine_id, one.name) == (read_identity(), "web-1")
    folder = tmp_path / "agent"
    assert key == load_key(str(folder / "key.pem")).public
    kept = b"".join(file.read_bytes() for file in folder.iterdir())
    assert b"s3cret-of-laptops" not in kept + repr(done).encode()


@needs_identity
def test_one_that_waits_says_what_accepts_it(tmp_path: Path) -> None:
    done, _ = run(tmp_path, says("waiting"))
    assert "rempart server node accept 7" in str(done)


@needs_identity
@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Says(403, b'{"refused": {"en": "the secret is wrong", "fr": "le secret est faux"}}'), UsageError),
        (Says(503, b'{"error": "busy"}'), DeliveryError),
        (Says(200, b"{}"), DeliveryError),
        (Says(200, b'{"node": 1, "state": "revoked"}'), DeliveryError),
        (Says(404, b"<html>"), DeliveryError),
    ],
)
def test_without_the_server_s_word_nothing_is_held_of_it(
    tmp_path: Path, said: Says, error: type[UsageError | DeliveryError]
) -> None:
    with pytest.raises(error):
        run(tmp_path, said)
    assert not (tmp_path / "agent" / SETTINGS).exists()


def test_a_secret_is_one_word_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    for wrong in (b"", b"two words", b"\xff\xfe", b"x" * 300_000):
        file.write_bytes(wrong)
        with pytest.raises(UsageError):
            enrol.read_secret(str(file))
    with pytest.raises(UsageError):
        enrol.read_secret(str(tmp_path / "none"))
    file.write_bytes(b"s3cret\n")
    assert enrol.read_secret(str(file)) == "s3cret"
