"""What was decided before the transaction is seen anew within it: others may have been faster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.push_door import MACHINE, know, open_door, seal, visits
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_agent.installed import envelope
from rempart_core.model.history import Delivered
from rempart_core.signing.key import Key, load_key
from rempart_core.text import Text
from rempart_server.context import Context
from rempart_server.push import taking
from rempart_server.push.taking import Arrived, Believed, Refusal
from rempart_store.server.node import revoke_node


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


@pytest.fixture(params=["sqlite", "postgresql"])
def context(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Context]:
    place = request.getfixturevalue("database") if request.param == "postgresql" else ""
    with open_door(tmp_path, place) as context:
        yield context


def judge(context: Context, data: bytes) -> Believed:
    judged = taking.judge(context, data)
    assert isinstance(judged, Believed)
    return judged


def store(context: Context, believed: Believed) -> Refusal | None:
    with context.store.writing() as connection:
        return taking.store(connection, context, [Arrived(believed, "192.0.2.7")])[0]


def test_of_two_that_were_judged_at_once_one_is_saved(context: Context, key: Key) -> None:
    know(context, key)
    data = seal(key, 12)
    both = judge(context, data), judge(context, data)
    assert [store(context, one) for one in both] == [None, None]
    assert visits(context) == 1


def test_an_older_one_that_is_stored_last_is_refused(context: Context, key: Key) -> None:
    know(context, key)
    older, newer = judge(context, seal(key, 12)), judge(context, seal(key, 13))
    assert store(context, newer) is None
    refusal = store(context, older)
    assert refusal is not None
    assert (refusal.number, refusal.kind) == (12, "document")
    assert visits(context) == 1


def test_an_agent_that_was_revoked_meanwhile_stores_nothing(context: Context, key: Key) -> None:
    node = know(context, key)
    believed = judge(context, seal(key, 12))
    with context.store.writing() as connection:
        revoke_node(connection, node)
    refusal = store(context, believed)
    assert refusal is not None
    assert refusal.kind == "revoked"
    assert visits(context) == 0


def test_what_a_controller_took_over_ssh_into_this_store_is_stored(context: Context, key: Key) -> None:
    know(context, key)
    believed = judge(context, seal(key, 12))
    run = believed.run
    assert run is not None
    context.store.save([run], delivered=[Delivered(key.public, 12, believed.one.digest)])
    assert store(context, believed) is None
    assert judge(context, seal(key, 12)).run is None
    assert visits(context) == 1


def test_the_document_is_signed_and_chained_as_any_that_the_store_takes(context: Context, key: Key) -> None:
    know(context, key)
    assert store(context, judge(context, seal(key, 12))) is None
    assert context.store.head()
    (host,) = context.store.fleet()
    assert (host.name, host.group) == ("web", "laptops")
    with context.store.reading() as connection:
        from rempart_store.server import document

        node = document.find_agent(connection, key.public)
    assert node is not None
    assert node.machine_id == MACHINE


def test_a_machine_says_neither_what_a_check_is_called_nor_what_proves_it(context: Context, key: Key) -> None:
    know(context, key)
    result = make_result("FWL-01", title=Text("<b>lies</b>", "<b>mensonges</b>"))
    run = make_run("its-own-name", BEGINNING, [result], machine_id=MACHINE)._replace(proof="transport")
    believed = judge(context, envelope.seal(run, key, 12, 0))
    assert believed.run is not None
    (told,) = believed.run.results
    assert told.title == context.auditor.checks["FWL-01"].title
    assert (believed.run.proof, believed.run.target.name, believed.run.target.group) == ("endpoint", "web", "laptops")


def test_a_document_that_unpacks_to_too_much_is_refused_unread(
    context: Context, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(context, key)
    monkeypatch.setattr(taking, "MOST_UNPACKED", 100_000)
    small = make_run("web", BEGINNING, [make_result("AAA-01")], machine_id=MACHINE)
    large = small._replace(notes=(Text("x" * 200_000, "x"),))
    assert isinstance(taking.judge(context, envelope.seal(small, key, 12, 0)), Believed)
    monkeypatch.setattr(context.auditor.reader, "read", None)  # which nobody calls then
    refusal = taking.judge(context, envelope.seal(large, key, 13, 0))
    assert isinstance(refusal, Refusal)
    assert "too large" in refusal.reason.en
