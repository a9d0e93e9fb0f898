"""The pages: both languages, nothing from elsewhere, and no markup of others."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from rempart_core.messages.message import as_is
from rempart_server.people.page import choose_language, show_page


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,en;q=0.4,fr;q=0.3", "en"),
        ("en;q=0.2, fr;q=0.8", "fr"),
        ("fr;q=x,*", "en"),
    ],
)
def test_a_browser_s_language_is_chosen(said: str, language: str) -> None:
    scope = {"type": "http", "query_string": b"", "headers": [(b"accept-language", said.encode())]}
    assert choose_language(Request(scope)) == language


def test_the_address_may_name_the_language() -> None:
    headers = [(b"accept-language", b"en")]
    assert choose_language(Request({"type": "http", "query_string": b"lang=fr", "headers": headers})) == "fr"
    assert choose_language(Request({"type": "http", "query_string": b"lang=xx", "headers": headers})) == "en"


def test_what_others_say_is_text() -> None:
    page = show_page("refused", "en", 403, why=as_is("<script>alert(1)</script>"))
    assert b"<script" not in page.body
    assert b"&lt;script&gt;" in page.body
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy
