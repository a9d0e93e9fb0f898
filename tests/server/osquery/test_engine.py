"""An engine of answers: each failure keeps its kind, and what is missing is never rows."""

from __future__ import annotations

import pytest

from rempart_agent.engine import Deferred
from rempart_core.model.result import EngineIdentity
from rempart_server.auditor import digest_of
from rempart_server.osquery.engine import AnsweredEngine
from rempart_store.server.audit import DENYLISTED, FAILED, UNANSWERED, UNUSABLE, Stored

SQL = "SELECT item, observed, expected, ok FROM t"
WHO = EngineIdentity("osqueryd", "5.5.0", "0", privileged=True)


def engine_of(stored: Stored | None, platform: str = "linux", *, last: bool = True) -> AnsweredEngine:
    return AnsweredEngine({} if stored is None else {digest_of(SQL): stored}, WHO, platform, last=last)


def test_rows_have_the_columns_of_the_statement_in_its_order() -> None:
    answer = engine_of(Stored(0, rows=b'[{"expected":"e","item":"i","observed":"o","ok":""}]')).query(SQL)
    assert answer.columns == ("item", "observed", "expected", "ok")
    assert answer.rows == [("i", "o", "e", "")]


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (None, "unanswered"),
        (Stored(UNANSWERED), "unanswered"),
        (Stored(DENYLISTED, "distributed query is denylisted"), "denylisted"),
        (Stored(UNUSABLE, "status"), "engine"),
        (Stored(FAILED, "no such table: t"), "no_table"),
        (Stored(0, rows=b"[" + b",".join([b'{"ok":"1"}'] * 10_001) + b"]"), "limit"),
    ],
)
def test_what_brought_no_rows_is_a_failure(stored: Stored | None, kind: str) -> None:
    answer = engine_of(stored).query(SQL)
    assert answer.failure is not None
    assert answer.failure.kind == kind
    assert not answer.rows


def test_what_osquery_lacks_is_told_for_the_node_s_platform_and_release() -> None:
    sql = "SELECT * FROM secureboot"
    stored = {digest_of(sql): Stored(FAILED, "no such table: secureboot")}
    said = {
        platform: AnsweredEngine(stored, WHO, platform, last=True).query(sql).failure
        for platform in ("darwin", "linux")
    }
    assert "needs osquery 5.8.0, this is 5.5.0" in str(said["darwin"])
    assert "needs" not in str(said["linux"])


def test_what_may_come_yet_is_put_off() -> None:
    engine = engine_of(None, last=False)
    with pytest.raises(Deferred):
        engine.query(SQL)
    assert engine.wanted == [SQL]
