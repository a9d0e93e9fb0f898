"""A host's page: what its report tells, what vouches for it, and nothing that a host reports is more than text."""

from __future__ import annotations

import re
import time

import pytest
from rempart_testing.run import make_result, make_run
from rempart_testing.server_pages import DAY, app_client, let_in
from starlette.testclient import TestClient

from rempart_core.model.result import Evidence, State
from rempart_server.context import Context
from rempart_server.pages.host import MOST_ROWS, shorten
from rempart_server.people.person import Person
from rempart_store.read.fleet_view import list_hosts


def _id(context: Context, name: str) -> int:
    with context.store.reading() as connection:
        return next(one.id for one in list_hosts(connection, None) if one.state.name == name)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_a_host_reports_is_text(context: Context, client: TestClient, language: str) -> None:
    id_ = _id(context, "pad-1")
    for path in (f"/hosts/{id_}", f"/hosts/{id_}/checks/ACC-01", f"/hosts/{id_}/checks/PAT-01"):
        text = client.get(f"{path}?lang={language}").text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert "\x1b" not in text
        assert "::error" not in text
        assert "{{7*7}}" in text  # no template reads it


def test_what_vouches_and_what_osquery_cannot_answer_is_told_once(context: Context, client: TestClient) -> None:
    text = client.get(f"/hosts/{_id(context, 'pad-1')}").text
    assert text.count("Proof: ") == 1
    assert text.count("rempart-agent extension") == 1
    assert "rempart-agent extension" not in client.get(f"/hosts/{_id(context, 'web-2')}").text


def test_a_host_on_a_day_and_what_changed(context: Context, client: TestClient) -> None:
    id_ = _id(context, "web-2")
    now = client.get(f"/hosts/{id_}").text
    assert "1 finding is open" in now
    assert 'id="changes"' in now
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * DAY))
    then = client.get(f"/hosts/{id_}?at={day}").text
    assert "finding is open" not in then
    assert client.get(f"/hosts/{id_}?at=2001-01-01").status_code == 404


def test_an_auditor_is_told_no_time_from_before_the_first_day(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(time.time())
    let_in(monkeypatch, Person(5, "Aud", "auditor", None, now - DAY, now + DAY))
    client = app_client(context)
    early = time.strftime("%Y-%m-%d", time.gmtime(now - 2 * DAY - 3600))
    spoken = str(int(early[8:])) + time.strftime(" %B %Y", time.gmtime(now - 2 * DAY - 3600))
    for path in ("/hosts/3", "/hosts/3/checks/ACC-01", "/checks/ACC-01", "/checks"):
        text = client.get(path).text
        assert early not in text, path
        assert spoken not in text, path
    assert "before " in client.get("/checks/ACC-01").text


def test_a_silent_host_passes_nothing(context: Context, client: TestClient) -> None:
    text = client.get(f"/hosts/{_id(context, 'pad-2')}").text
    assert "connection refused" in text
    assert "Passed" not in text
    assert "v-good" not in text


def test_an_old_answer_is_called_old(context: Context, client: TestClient) -> None:
    at = int(time.time()) - 5 * DAY
    context.store.save([make_run("late", at, [make_result("RMT-01")], group="g", machine_id="7" * 64)])
    text = client.get(f"/hosts/{_id(context, 'late')}").text
    assert "it does not say how the host stands now" in text


def test_whatever_a_host_says_its_page_stays_small(context: Context, client: TestClient) -> None:
    rows = [{"item": f"{n} " + "<é&" * 3000, "observed": "x" * 9000, "expected": "y", "ok": "0"} for n in range(3)]
    results = [make_result(f"BIG-{n:02}", State.FAIL, evidence=Evidence(rows, 3, 0, 0)) for n in range(90)]
    run = make_run("huge", int(time.time()), results, group="g", machine_id="5" * 64)
    context.store.save([run])
    with client.stream("GET", f"/hosts/{_id(context, 'huge')}", headers={"accept-encoding": "gzip"}) as got:
        assert len(b"".join(got.iter_raw())) < 70_000
    text = client.get(f"/hosts/{_id(context, 'huge')}").text
    assert len(text) < 1_500_000
    assert "0 shown" in text


def test_much_evidence_is_cut_on_the_host_s_page_and_whole_on_its_own(context: Context, client: TestClient) -> None:
    results = [make_result(f"BIG-{n:02}", State.FAIL, [f"thing-{n}-{row}-" for row in range(50)]) for n in range(20)]
    run = make_run("big", int(time.time()), results, group="g", machine_id="6" * 64)
    assert sum(len(one.evidence.rows) for one in shorten(run).results if one.evidence) <= MOST_ROWS
    context.store.save([run])
    id_ = _id(context, "big")
    assert "thing-7-49-" not in client.get(f"/hosts/{id_}").text
    whole = client.get(f"/hosts/{id_}/checks/BIG-07").text
    assert len(set(re.findall(r"thing-7-\d+-", whole))) == 50
