"""Forms are read once and are small; what is no form is one error."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request

from rempart_server.limits import TooLarge
from rempart_server.people.form import MOST, FormError, read_form


def request(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Request:
    parts = [body[at : at + 1000] for at in range(0, len(body), 1000)] or [b""]

    async def receive() -> dict[str, object]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    return Request({"type": "http", "headers": [(b"content-type", kind.encode())]}, receive)


def test_fields_are_read_once_and_known_afterwards() -> None:
    async def go() -> None:
        one = request(b"a=1&b=%C3%A9+x&a=2&c=")
        assert await read_form(one) == {"a": "2", "b": "é x", "c": ""} == await read_form(one)

    asyncio.run(go())


def test_another_kind_of_body_has_no_fields_and_is_left_alone() -> None:
    async def go() -> None:
        one = request(b'{"csrf": "x"}', "application/json")
        assert await read_form(one) == {}
        assert await one.json() == {"csrf": "x"}

    asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"a=" + b"x" * MOST, TooLarge),
        (b"a=%ff", FormError),
        (b"a=x%00", FormError),
        (b"a%00=x", FormError),
        (b"\xff=1", FormError),
        (b"&".join([b"a=1"] * 300), FormError),
    ],
)
def test_what_is_no_form_of_ours_is_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        asyncio.run(read_form(request(body)))
