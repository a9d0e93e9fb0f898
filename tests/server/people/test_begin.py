"""Sessions begin with a cookie that no other host and no script reads, and lead to a page of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.people import a_server, actions, an_account

from rempart_server.people.begin import begin, find_way, send_on
from rempart_server.people.secret import digest_of
from rempart_store.server.session import find_session


def test_a_session_is_logged_and_its_cookie_is_not(tmp_path: Path) -> None:
    with a_server(tmp_path) as context:
        account = an_account(context, "ana")
        with context.store.writing() as connection:
            cookie = begin(connection, context, account, "192.0.2.1", "password")
            assert find_session(connection, digest_of(cookie), int(context.clock())) is not None
        assert actions(context) == [("ana", "session.begin", "ana")]
        for file in tmp_path.rglob("store.db*"):
            assert cookie.encode() not in file.read_bytes()


def test_the_cookie_is_for_this_host_over_tls_and_for_no_script() -> None:
    said = send_on("value", "/hosts").headers["set-cookie"].lower()
    assert said.startswith("__host-rempart=value; ")
    assert all(one in said for one in ("secure", "httponly", "samesite=lax", "path=/"))
    assert "domain" not in said


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("/hosts/7?at=1", "/hosts/7?at=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout", "/"),
        ("/log?actor=ana", "/log?actor=ana"),
        ("", "/"),
    ],
)
def test_one_is_sent_to_pages_of_ours_only(text: str, way: str) -> None:
    assert find_way(text) == way
