"""The whole application: health, and an answer with ``error`` to whatever goes wrong."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rempart_testing.server import a_context, client
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from rempart_core.error import StoreError
from rempart_core.messages.message import Message
from rempart_server import app as application
from rempart_server.limits import Busy, SlowBody, TooLarge, Undecodable, read_body

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from rempart_server.context import Context


def part(monkeypatch: pytest.MonkeyPatch, **members: object) -> None:
    """Let the application have one part besides those that there are."""
    module = SimpleNamespace(**members)
    known = application.import_module
    monkeypatch.setattr(application, "_is_there", lambda _name: True)
    monkeypatch.setattr(application, "PARTS", ("tried",))
    monkeypatch.setattr(
        application, "import_module", lambda name: module if name == "rempart_server.tried" else known(name)
    )


def test_an_answer_that_says_nothing_of_its_own_is_neither_kept_nor_shown_in_a_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page(_request: Request) -> Response:
        return PlainTextResponse("x", headers={"content-security-policy": "default-src 'self'"})

    part(monkeypatch, routes=lambda _context: [Route("/page", page)])
    with a_context(tmp_path) as context, client(context) as one:
        assert one.get("/page").headers["content-security-policy"] == "default-src 'self'"
        for path in ("/healthz", "/nowhere"):
            headers = one.get(path).headers
            assert headers["cache-control"] == "no-store"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


def test_a_store_that_is_gone_is_not_ready_and_says_error_until_it_is_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with a_context(tmp_path) as context, client(context) as one:
        directory = context.settings.directory
        os.rename(directory, directory + "-away")
        gone = one.get("/readyz")
        one.get("/readyz")
        alive = one.get("/healthz")
        os.rename(directory + "-away", directory)
        back = one.get("/readyz")
    assert (gone.status_code, gone.json()) == (503, {"error": "the store is unavailable"})
    assert gone.headers["retry-after"] == "5"
    assert (alive.status_code, back.status_code) == (200, 200)
    said = capfd.readouterr().err
    assert said.count("the file was removed") == 1  # once, for whoever looks after the server
    assert "Traceback" not in said


def test_whatever_is_raised_is_answered_with_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = {
        "store": (StoreError(Message("store.busy")), 503),
        "large": (TooLarge(5), 413),
        "slow": (SlowBody(), 408),
        "busy": (Busy(), 503),
        "packed": (Undecodable(), 415),
        "mistake": (KeyError("secret"), 500),
    }

    async def handle(request: Request) -> Response:
        raise errors[request.path_params["name"]][0]

    def routes(_context: Context) -> list[BaseRoute]:
        return [Route("/raise/{name}", handle)]

    part(monkeypatch, routes=routes)
    with a_context(tmp_path) as context, client(context) as one:
        for name, (_, status) in errors.items():
            got = one.get(f"/raise/{name}")
            assert got.status_code == status
            assert list(got.json()) == ["error"]
            assert "secret" not in got.text
        missing = one.get("/nowhere")
        assert (missing.status_code, missing.json()) == (404, {"error": "Not Found"})


def test_what_a_request_holds_is_let_go_of_when_it_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle(request: Request) -> Response:
        return PlainTextResponse(str(len(await read_body(request))))

    part(monkeypatch, routes=lambda _context: [Route("/size", handle, methods=["POST"])])
    body = b"x" * (15 * 1024 * 1024)
    with a_context(tmp_path) as context, client(context) as one:
        assert {one.post("/size", content=body).text for _ in range(6)} == {str(len(body))}


def test_work_that_fails_is_begun_again_and_ends_with_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    ended: list[bool] = []

    async def work(context: Context) -> None:
        begun.append(context.settings.name)
        if len(begun) == 1:
            raise StoreError(Message("store.busy"))
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    monkeypatch.setattr(application, "PAUSE", 0.0)
    part(monkeypatch, work=work)
    with a_context(tmp_path) as context, client(context) as one:
        while len(begun) < 2:
            one.get("/healthz")
    assert begun == ["localhost", "localhost"]
    assert ended == [True]


BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("language", "path", "status", "words"),
    [
        ("en", "/nowhere", 404, "There is no page at this address."),
        ("fr", "/nowhere", 404, "Il n’y a pas de page à cette adresse."),
        ("fr", "/logout", 405, "Il n’y a pas de page à cette adresse."),
    ],
)
def test_a_browser_that_asks_for_an_unknown_address_is_answered_with_a_page(
    tmp_path: Path, language: str, path: str, status: int, words: str
) -> None:
    with a_context(tmp_path) as context, client(context) as one:
        got = one.get(path, headers={**BROWSER, "accept-language": language})
        assert (got.status_code, f'lang="{language}"' in got.text, words in got.text) == (status, True, True)
        assert got.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        for program in ("/api/nowhere", "/api/osquery/nowhere"):
            assert one.get(program, headers=BROWSER).json() == {"error": "Not Found"}
