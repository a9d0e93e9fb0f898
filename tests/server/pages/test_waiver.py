"""Waivers: proposed by one person, approved by another, told in the log; what a form says is held against the rules."""

from __future__ import annotations

import time

import pytest
from rempart_testing.server_pages import ADMIN, DAY, HOSTILE, LAPTOPS, app_client, let_in
from starlette.testclient import TestClient

from rempart_core.error import UsageError
from rempart_server.context import Context
from rempart_server.pages import waiver
from rempart_server.pages.waiver import read_draft
from rempart_server.people.person import Person
from rempart_store.server.event import list_events
from rempart_store.server.proposal import approved, list_proposals

NOW = 1_795_000_000  # 18 November 2026
FORM = {
    "host": "web-2",
    "check": "RMT-01",
    "reason": "replaced",
    "owner": "Mia",
    "end": "2026-12-31",
    "items": "a\n\nb\na",
}
OTHER = Person(9, "Bo", "operator", None, csrf="c" * 32)


def test_a_form_is_a_draft() -> None:
    draft = read_draft(FORM, NOW)
    assert (draft.host, draft.check, draft.items, draft.end) == ("web-2", "RMT-01", ("a", "b"), "2026-12-31")


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": ""}, {"reason": " "}, {"owner": ""}, {"end": ""}, {"end": "2026-11-17"}, {"end": "2028-01-01"},
        {"end": "7d"}, {"end": "2026-12-31T10:00"}, {"end": "soon"}, {"reason": "x" * 2001},
        {"items": "\n".join(map(str, range(51)))},
    ],
)  # fmt: skip
def test_a_form_that_is_wrong_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        read_draft({**FORM, **wrong}, NOW)


def test_what_no_database_holds_is_taken_out_of_a_form() -> None:
    draft = read_draft({**FORM, "host": "a\0b", "reason": "x\0\nnext", "items": "i\0"}, NOW)
    assert (draft.host, draft.reason, draft.items) == ("a\ufffdb", "x\ufffd\nnext", ("i\ufffd",))


def _propose(client: TestClient, host: str = "web-2") -> int:
    end = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * DAY))
    got = client.post("/waivers", data={**FORM, "host": host, "end": end}, follow_redirects=False)
    return got.status_code


def test_one_proposes_and_another_approves(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, ADMIN)
    told: list[tuple[str, str, object]] = []
    monkeypatch.setattr(waiver, "tell", lambda _, __, kind, group, body: told.append((kind, group, body["state"])))
    client = app_client(context)
    before = len(approved_now(context))
    assert _propose(client) == 303
    with context.store.reading() as connection:
        number = list_proposals(connection, None)[0].id
    assert client.post(f"/waivers/{number}/approve").status_code == 400  # the own one
    assert len(approved_now(context)) == before
    let_in(monkeypatch, LAPTOPS._replace(role="operator"))
    assert app_client(context).post(f"/waivers/{number}/approve").status_code == 400  # of a foreign group
    let_in(monkeypatch, OTHER)
    got = app_client(context).post(f"/waivers/{number}/approve", follow_redirects=False)
    assert (got.status_code, got.headers["location"]) == (303, "/waivers?done=approve")
    assert len(approved_now(context)) == before + 1
    with context.store.reading() as connection:
        deeds = [(one.actor, one.action) for one in list_events(connection, 2)]
    assert deeds == [("Bo", "waiver.approve"), ("Ada", "waiver.propose")]
    assert told == [("waiver.proposed", "servers", "open"), ("waiver.decided", "servers", "approved")]
    assert app_client(context).post(f"/waivers/{number}/withdraw", follow_redirects=False).status_code == 303
    assert len(approved_now(context)) == before


def approved_now(context: Context) -> list[str]:
    """Return the checks of waivers that audits apply."""
    with context.store.reading() as connection:
        return [one.check for one in approved(connection, int(time.time()))]


def test_nobody_proposes_for_a_host_that_may_not_be_read(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(monkeypatch, LAPTOPS._replace(role="operator"))
    client = app_client(context)
    assert _propose(client, "web-2") == _propose(client, "none") == 400
    assert _propose(client, "pad-1") == 303


def test_what_people_wrote_is_text_and_viewers_decide_nothing(
    context: Context, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = client.get("/waivers").text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert HOSTILE not in text
    assert "/approve" in text
    let_in(monkeypatch, LAPTOPS)
    assert "<form method" not in app_client(context).get("/waivers").text.split("<main", 1)[1]
    assert client.get("/waivers?state=gone").status_code == 400
