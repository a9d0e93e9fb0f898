"""The fleet's page: the verdict, its groups, its hosts; on a day as it stood, and no old answer passes for today's."""

from __future__ import annotations

import time

import pytest
from rempart_testing.server_pages import DAY, LAPTOPS, app_client, let_in
from starlette.testclient import TestClient

from rempart_core.messages.labels import Labels
from rempart_server.context import Context
from rempart_server.pages.fleet import add_groups, judge
from rempart_store.read.fleet_view import GroupSum


def test_the_fleet_now(client: TestClient) -> None:
    text = client.get("/").text
    assert "4 hosts" in text
    assert "3 of 4 hosts with open findings" in text
    assert "1 host did not answer." in text
    assert text.index("pad-2") < text.index("web-1")  # the worst first
    french = client.get("/?lang=fr").text
    assert "3 sur 4 machines" in french


def test_the_fleet_on_a_day(client: TestClient) -> None:
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * DAY))
    text = client.get(f"/?at={day}").text
    assert f"as of the end of {day}" in text
    assert "did not answer" not in text
    assert f"/hosts/1?at={day}" in text
    before = client.get("/?at=2001-01-01").text
    assert "No host has reported yet." in before


def test_only_the_reader_s_groups(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, LAPTOPS)
    for query in ("", "?q=web", "?group=servers", "?kind=open", "?at=2999-01-01"):
        text = app_client(context).get(f"/{query}").text
        assert "web-1" not in text
        assert "web-2" not in text
        assert ">servers<" not in text


def test_hosts_are_filtered(client: TestClient) -> None:
    text = client.get("/?q=web").text
    assert "web-1" in text
    assert "pad-1" not in text
    assert "No host matches." in client.get("/?q=nothing").text
    assert 'value="&lt;b&gt;"' in client.get("/?q=<b>").text


def _group(**changes: int) -> GroupSum:
    counts = {"pass": 5, "fail": 0, "error": 0, "not_applicable": 0, "not_checked": 0, "waived": 0}
    opened = dict.fromkeys(("critical", "high", "medium", "low", "info"), 0)
    return GroupSum("g", 2, 0, 0, 0, 0, 1, counts, opened)._replace(**changes)  # type: ignore[arg-type]


def test_nothing_is_good_that_was_not_examined_lately() -> None:
    labels = Labels("server_page", "en")
    assert judge(_group(), labels).level == "good"
    for one in ({"silent": 1}, {"unjudged": 1}, {"old": 1}):
        assert judge(_group(**one), labels).level == "partial", one
    assert judge(_group(failing=1), labels).level == "bad"
    assert judge(_group(hosts=0), labels).level == "partial"
    nothing = _group()._replace(counts=dict.fromkeys(_group().counts, 0))
    assert judge(nothing, labels).level == "bad"


def test_groups_are_added_up() -> None:
    total = add_groups([_group(), _group(failing=1, newest=7)])
    assert (total.hosts, total.failing, total.newest, total.counts["pass"]) == (4, 1, 7, 10)
    assert add_groups([]).hosts == 0
