"""One signed document a request: 200 once it is committed, 409 with the reason, 503 when nobody can say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.push_door import MACHINE, NOW, know, new_secret, open_door, post, post_together, seal, visits
from rempart_testing.run import BEGINNING
from rempart_testing.signed import said

from rempart_agent.installed import enrolment
from rempart_agent.installed.enrolment import Enrolment
from rempart_agent.installed.envelope import MAX_SIZE
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, load_key
from rempart_server.context import Context
from rempart_server.gate import WRONG
from rempart_store.server.event import list_events
from rempart_store.server.hook import add_hook, claim_deliveries
from rempart_store.store import Store

ME = Enrolment(MACHINE, "web", "linux", "Debian GNU/Linux 13 (trixie)", "0.1.0")


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_door(tmp_path) as context:
        yield context


def test_a_document_is_answered_once_it_is_committed_and_the_same_again_is_stored(context: Context, key: Key) -> None:
    know(context, key)
    data = seal(key, 12)
    (first,) = post(context, [data])
    assert (first.status, first.said) == (200, {"stored": [12]})
    with Store.open(str(Path(context.settings.directory) / "store.db")) as other:  # what is not committed is not there
        (host,) = other.fleet()
        assert (host.name, host.group) == ("web", "laptops"), "the name that it was enrolled with, not what it says"
    (again,) = post(context, [data])
    assert (again.status, again.said) == (200, {"stored": [12]})
    assert visits(context) == 1


def test_the_same_document_from_two_connections_at_once_is_stored_once(context: Context, key: Key) -> None:
    know(context, key)
    answers = post_together(context, [seal(key, 12)] * 8)
    assert {answer.status for answer in answers} == {200}
    assert visits(context) == 1


def test_what_is_refused_is_never_stored_and_says_why(context: Context, key: Key, tmp_path: Path) -> None:
    know(context, key)
    post(context, [seal(key, 12)])
    changed = bytearray(seal(key, 13))
    changed[-3] ^= 1
    bad = {
        "the server does not know key": seal(load_key(str(tmp_path / "other.pem")), 13),
        "replayed": seal(key, 11),
        "number is not above": seal(key, 12, BEGINNING + 1),  # same number, other digest
        "in the future": seal(key, 13, NOW + 301),
        "another machine": seal(key, 13, machine="cd" * 32),
        "its content is not what was signed": bytes(changed),
        "not a signed document": b"{}\n",
    }
    for why, data in bad.items():
        (answer,) = post(context, [data])
        assert answer.status == 409
        refused = answer.said["refused"]
        assert isinstance(refused, dict)
        assert why in str(refused["en"])
        assert refused["fr"] != refused["en"]
        assert visits(context) == 1, why
    (answer,) = post(context, [seal(key, 13, BEGINNING + 5)])
    assert answer.said == {"stored": [13]}, "what was refused hinders nothing"


def test_one_that_waits_or_was_revoked_is_told_what_lets_it_in(context: Context, key: Key) -> None:
    for state in ("waiting", "revoked"):
        know(context, key, state=state)
        (answer,) = post(context, [seal(key, 12)])
        refused = answer.said["refused"]
        assert isinstance(refused, dict)
        assert (answer.status, refused["kind"]) == (409, state)
        assert "rempart server node accept 1" in str(refused["en"])
    assert visits(context) == 0


def test_a_store_that_can_not_be_written_is_said_with_a_time_to_try_again(context: Context, key: Key) -> None:
    know(context, key)
    with Store.open(str(Path(context.settings.directory) / "store.db")) as other, other.writing():
        (answer,) = post(context, [seal(key, 12)])
    assert (answer.status, bool(answer.headers["retry-after"])) == (503, True)
    assert "error" in answer.said
    (answer,) = post(context, [seal(key, 12)])
    assert answer.status == 200


def test_a_body_that_is_too_large_is_refused_for_good(context: Context, key: Key) -> None:
    know(context, key)
    (answer,) = post(context, [b"x" * (MAX_SIZE + 1)])
    assert answer.status == 409


def enrolment_of(key: Key, secret: str = "", signed_with: str | None = None) -> bytes:
    signed = enrolment.sign(ME, secret if signed_with is None else signed_with, key)
    return canonicalise({"secret": secret, "enrolment": signed})


def test_a_secret_enrols_at_once_and_without_one_an_agent_waits(context: Context, key: Key, tmp_path: Path) -> None:
    (answer,) = post(context, [enrolment_of(key, new_secret(context))], "/api/rempart/enrol")
    assert answer.said == {"node": 1, "state": "active", "group": "laptops", "name": "web"}
    (document,) = post(context, [seal(key, 12)])
    assert document.status == 200
    other = enrolment.sign(ME._replace(name="mail", machine_id="cd" * 32), "", load_key(str(tmp_path / "other.pem")))
    (waits,) = post(context, [canonicalise({"secret": "", "enrolment": other})], "/api/rempart/enrol")
    assert waits.said == {"node": 2, "state": "waiting", "group": "", "name": "mail"}


def test_an_enrolment_that_its_key_did_not_sign_so_is_refused(context: Context, key: Key) -> None:
    secret = new_secret(context)
    bad = [
        b"nonsense",
        b"[" * 5000,
        json.dumps({"secret": secret, "enrolment": {}}).encode(),
        enrolment_of(key, secret, signed_with="another"),
        b"x" * 20_000,
    ]
    assert [answer.status for answer in post(context, bad, "/api/rempart/enrol")] == [400] * len(bad)
    (wrong,) = post(context, [enrolment_of(key, "wrong")], "/api/rempart/enrol")
    assert wrong.status == 403
    assert "wrong" in str(wrong.said["refused"])
    (document,) = post(context, [seal(key, 12)])
    assert document.status == 409


def test_wrong_secrets_of_an_address_are_not_heard_for_long_and_documents_are(context: Context, key: Key) -> None:
    know(context, key)
    tries = post(context, [enrolment_of(key, f"wrong{number}") for number in range(WRONG + 2)], "/api/rempart/enrol")
    assert [one.status for one in tries] == [403] * WRONG + [429] * 2
    assert "error" in tries[-1].said
    (answer,) = post(context, [seal(key, 12)])
    assert answer.status == 200


def test_the_log_tells_who_enrolled_and_no_secret(context: Context, key: Key) -> None:
    secret = new_secret(context)
    post(context, [enrolment_of(key, "wrong-secret"), enrolment_of(key, secret)], "/api/rempart/enrol")
    with context.store.reading() as connection:
        told = [(one.actor, one.action, one.subject, str(said(one.link))) for one in list_events(connection, 2)]
    assert [one[:3] for one in told] == [
        ("agent:192.0.2.7", "node.enrol", "1"),
        ("agent:192.0.2.7", "node.refused", "web"),
    ]
    assert secret not in str(told)
    assert "wrong-secret" not in str(told)


def test_hooks_are_told_once_of_an_agent_that_waits(context: Context, key: Key) -> None:
    with context.store.writing() as connection:
        add_hook(connection, "https://example.org/", ["node.waiting"], [], private=False)
    post(context, [enrolment_of(key)] * 2, "/api/rempart/enrol")
    with context.store.writing() as connection:
        told = claim_deliveries(connection, NOW + 5, 60, 10)
    assert len(told) == 1
