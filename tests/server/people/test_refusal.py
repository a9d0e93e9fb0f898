"""Refusals: JSON to programs, a page to people."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from rempart_core.messages.message import Message
from rempart_server.people.refusal import ask_to_sign_in, refuse, speaks_json


def request(path: str = "/", method: str = "GET", query: str = "", **headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": pairs}
    return Request({**scope, "server": ("localhost", 443), "scheme": "https"})


@pytest.mark.parametrize(
    ("asked", "json"),
    [
        (request("/"), False),
        (request("/api/fleet"), True),
        (request("/metrics"), True),
        (request("/", authorization="Bearer x"), True),
        (request("/", accept="application/json"), True),
        (request("/", accept="text/html,application/json"), False),
    ],
)
def test_programs_are_known_by_what_they_ask(asked: Request, json: bool) -> None:
    assert speaks_json(asked) is json


def test_a_refusal_says_why_and_until_when() -> None:
    page = refuse(request(accept_language="fr"), 429, Message("server_people.too_often", minutes=3), wait=180)
    assert (page.status_code, page.headers["retry-after"]) == (429, "180")
    assert "3 minutes" in bytes(page.body).decode()
    assert 'lang="fr"' in bytes(page.body).decode()
    said = refuse(request("/api/x"), 403, Message("server_people.not_allowed"))
    assert bytes(said.body) == b'{"error":"Your role does not allow this."}'


def test_only_a_page_that_was_looked_at_is_gone_back_to() -> None:
    assert ask_to_sign_in(request("/hosts/7", query="at=1")).headers["location"] == "/login?next=%2Fhosts%2F7%3Fat%3D1"
    assert ask_to_sign_in(request("/hosts/7", "POST")).headers["location"] == "/login"
    assert ask_to_sign_in(request("/")).headers["location"] == "/login"
