"""Table curl: what a server answers to a GET."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.web_server import Asked, Reply, Web, web_server

from rempart_agent.source.contract import Constraint, Missing, NotObservable, Query, Unfit
from rempart_agent.tables.linux import curl
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget


def _answer(asked: Asked) -> Reply:
    if asked.path == "/moved":
        return Reply(302, headers=(("Location", "/end?x=1"),))
    if asked.path == "/absent":
        return Reply(404, b"no")
    if asked.path == "/long":
        return Reply(body=b"x" * (8 << 20))
    return Reply(body=f"{asked.path} {asked.headers.get('User-Agent')} é".encode())


def _rows(op: str = "=", **asked: list[str]) -> list[dict[str, Any]]:
    named = tuple(Constraint(column, op, tuple(values)) for column, values in asked.items())
    return [dict(row) for row in curl.rows(LiveTarget(), Query(frozenset(), named))]


def test_what_a_server_answers_is_a_row() -> None:
    with web_server(_answer) as web:
        (row,) = _rows(url=[web.url("/moved")], user_agent=["me\r\nX: y"])
    assert row.pop("round_trip_time") >= 0
    assert row == {
        "url": web.url("/moved"),
        "method": "GET",
        "user_agent": "meX: y",
        "response_code": 200,
        "bytes": 18,
        "result": "/end?x=1 meX: y é",
    }


def _statements(web: Web) -> list[str]:
    columns = "url, method, user_agent, response_code, bytes, result"
    return [
        f"SELECT {columns} FROM curl WHERE url = '{web.url('/plain?a=b%20c')}'",
        f"SELECT {columns} FROM curl WHERE url IN ('{web.url('/moved')}', '{web.url('/absent')}')",
        f"SELECT {columns} FROM curl WHERE url = '{web.url()}' AND user_agent = 'somebody'",
        f"SELECT bytes, length(result) FROM curl WHERE url = '{web.url('/long')}'",
        f"SELECT typeof(bytes), typeof(response_code), typeof(round_trip_time) FROM curl WHERE url = '{web.url()}'",
    ]


@NAMED
def test_osquery_says_the_same() -> None:
    with web_server(_answer) as web:
        for sql in _statements(web):
            theirs = ask(sql)
            assert told(theirs) == told(embedded(LiveTarget(), sql))
            assert theirs


def test_what_is_not_asked_for_one_by_one_is_refused(tmp_path: Path) -> None:
    for asked in ({"url": ["http://127.0.0.1:1/"], "user_agent": ["a", "b"]}, {"url": ["file:///etc/passwd"]}):
        with pytest.raises(Unfit):
            _rows(**asked)
    with pytest.raises(Unfit):
        _rows("LIKE", url=["http://%"])
    with pytest.raises(Missing):
        _rows(url=["http://127.0.0.1:1/"])
    with pytest.raises(NotObservable):
        list(curl.rows(RootTarget(str(tmp_path)), Query(frozenset(), (Constraint("url", "=", ("http://x/",)),))))
