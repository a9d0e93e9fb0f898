"""Around each page: its language, its policy, its way through the network."""

from __future__ import annotations

import gzip

import pytest
from rempart_testing.server_pages import ADMIN
from starlette.requests import Request
from starlette.testclient import TestClient

from rempart_server.pages.frame import choose_language, pack
from rempart_server.people.page import LANGUAGE
from rempart_server.people.person import Person


def _request(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": raw, "path": "/", "method": "GET"})


FRENCH = ADMIN._replace(language="fr")
UNSET = ADMIN._replace(language="")


@pytest.mark.parametrize(
    ("request_", "person", "language"),
    [
        (_request("lang=en", accept_language="fr"), FRENCH, "en"),
        (_request(cookie=f"{LANGUAGE}=en", accept_language="fr"), FRENCH, "en"),
        (_request(accept_language="en"), FRENCH, "fr"),
        (_request(accept_language="de, en;q=0.5, fr-CH;q=0.8"), UNSET, "fr"),
        (_request("lang=xx", accept_language="fr;q=x, en;q=0.1"), UNSET, "en"),
        (_request(), None, "en"),
    ],
)
def test_the_language_is_the_chosen_one_then_the_account_s_then_the_browser_s(
    request_: Request, person: Person | None, language: str
) -> None:
    assert choose_language(request_, person) == language


def test_a_language_that_is_chosen_is_kept(client: TestClient) -> None:
    got = client.get("/?lang=fr")
    assert '<html lang="fr">' in got.text
    assert "httponly" in got.headers["set-cookie"].lower()
    assert '<html lang="fr">' in client.get("/").text
    assert "set-cookie" not in client.get("/").headers


def test_a_page_loads_and_sends_to_its_own_origin_alone(client: TestClient) -> None:
    headers = client.get("/").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert all(value in {"'self'", "'none'"} for value in policy.values())
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_htmx_evaluates_nothing_and_writes_no_style(client: TestClient) -> None:
    text = client.get("/").text
    for setting in ('"allowEval":false', '"includeIndicatorStyles":false', '"selfRequestsOnly":true'):
        assert setting in text
    assert "style=" not in text
    assert "hx-on" not in text


def test_a_packed_page_is_the_page_and_its_size_tells_little() -> None:
    content = b"<p>secret</p>" * 200
    packed = [pack(content) for _ in range(50)]
    assert {gzip.decompress(one) for one in packed} == {content}
    assert len({len(one) for one in packed}) > 10


def test_a_page_is_sent_as_it_is_to_a_browser_that_unpacks_nothing(client: TestClient) -> None:
    assert "content-encoding" not in client.get("/", headers={"accept-encoding": "identity"}).headers
