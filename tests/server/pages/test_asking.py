"""What a request asks for: a moment that may be read, a place that a page gave, nothing else."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from rempart_testing.server_pages import ADMIN
from starlette.requests import Request

from rempart_core.error import UsageError
from rempart_server.context import Context
from rempart_server.pages.asking import Asking, NotFound, mark
from rempart_server.pages.binding import ask
from rempart_server.people.person import Person

NOW = 1_800_000_000


def _ask(context: Context, query: str = "", person: Person = ADMIN, **path: str) -> Asking:
    scope: dict[str, Any] = {
        "type": "http",
        "query_string": query.encode(),
        "headers": [],
        "path": "/",
        "path_params": path,
    }
    scope |= {"method": "GET", "server": ("rempart.test", 443), "scheme": "https"}
    return ask(context._replace(clock=lambda: NOW), Request(scope), person)


def test_now_is_now_and_a_day_is_its_end(context: Context) -> None:
    assert _ask(context).at() is None
    assert _ask(context, "at=2026-11-25").at() == 1_795_651_199
    with pytest.raises(UsageError):
        _ask(context, "at=yesterday").at()


def test_an_auditor_reads_from_the_first_moment_until_the_last(context: Context) -> None:
    auditor = Person(3, "Aud", "auditor", None, 1_700_000_000, 1_750_000_000)
    assert _ask(context, person=auditor).at() == 1_750_000_000
    assert _ask(context, "at=2030-01-01", auditor).at() == 1_750_000_000
    assert _ask(context, "at=1999-01-01", auditor).at() == 1_700_000_000


def test_a_place_is_one_that_a_page_gave(context: Context) -> None:
    assert _ask(context).after(int, str) is None
    assert _ask(context, f"after={mark(5, 'é<')}").after(int, str) == [5, "é<"]
    bad = ["x", mark("5", "a"), mark(5), mark(1 << 80, "a"), base64.b64encode(b"[[[[").decode(), mark(True, "a"), "é"]
    bad.append(base64.urlsafe_b64encode(b"[" * 50_000).decode())
    for one in bad:
        with pytest.raises(UsageError):
            _ask(context, f"after={one}").after(int, str)


def test_what_no_database_holds_is_taken_out_of_texts(context: Context) -> None:
    assert _ask(context, "q=a%00b%0ac").text("q") == "a\ufffdb⏎c"
    assert _ask(context, check="\0").path("check") == "\ufffd"
    surrogate = base64.urlsafe_b64encode(b'[1,"\\ud800\\u0000"]').decode()
    assert _ask(context, f"after={surrogate}").after(int, str) == [1, "\ufffd\ufffd"]


def test_a_number_is_one_that_something_may_have(context: Context) -> None:
    assert _ask(context, id="12").number("id") == 12
    for text in ("", "x", "-1", "١٢", "9" * 40):
        with pytest.raises(NotFound):
            _ask(context, id=text).number("id")


def test_links_keep_what_was_asked_for(context: Context) -> None:
    asking = _ask(context, "q=a%26b&after=x&lang=fr&at=2026-11-25")
    assert asking.link(at="") == "?q=a%26b"
    assert asking.link(kind="open") == "?q=a%26b&at=2026-11-25&kind=open"
    assert _ask(context).link() == "/"
