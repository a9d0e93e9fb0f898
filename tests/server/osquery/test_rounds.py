"""How an audit goes on in the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rempart_testing.answering_node import Osquery, Serving, serving, tables_of

from rempart_server.auditor import digest_of
from rempart_server.osquery.lease import pick
from rempart_server.osquery.plan import unpack
from rempart_server.osquery.rounds import Round
from rempart_store.server.audit import Audit, Subject, find_subject, read_answers


def open_audit(one: Serving) -> Audit:
    with one.context.store.reading() as connection:
        found = find_subject(connection, one.node_id)
    assert found is not None
    assert found.audit is not None
    return found.audit


def subject_of(one: Serving) -> Subject:
    with one.context.store.reading() as connection:
        found = find_subject(connection, one.node_id)
    assert found is not None
    return found.subject


def test_what_is_lost_is_asked_alone_and_the_second_time_no_more(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        asyncio.run(one.poll())
        audit = open_audit(one)
        (digest,) = list(unpack(audit.plan).tries)[:1]
        subject = subject_of(one)
        with one.context.store.writing() as connection:
            round_ = Round(connection, one.context.auditor, subject, audit, int(one.clock[0]))
            round_.plan.out = {}
            round_.take_back([round_.identity, digest])
            assert pick(round_.plan, one.context.auditor.costs, "linux") == [digest]
            round_.plan.tries[digest] = 2
            round_.take_back([digest])
            assert round_.plan.alone == []
            assert read_answers(connection, audit.id)[bytes.fromhex(digest)].status == -1


def test_an_audit_that_other_checks_began_is_begun_anew(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())

        async def go() -> None:
            batch = await one.poll()
            assert batch is not None
            await one.take(osquery.write(batch))
            began = open_audit(one)
            subject = subject_of(one)
            with one.context.store.writing() as connection:
                round_ = Round(connection, one.context.auditor, subject, began, int(one.clock[0]))
                assert round_.texts([digest_of("SELECT 1").hex()]) is None
                round_.plan.content = "0.1 other"
                round_.save()
            assert await one.poll() is None
            assert await one.poll() is not None
            assert open_audit(one).id != began.id

        asyncio.run(go())
