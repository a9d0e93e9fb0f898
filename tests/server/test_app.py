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


def test_health_readiness_and_metrics(tmp_path: Path) -> None:
    with a_context(tmp_path) as context, client(context) as one:
        assert one.get("/healthz").text == "ok\n"
        assert one.get("/readyz").text == "ready\n"
        measured = one.get("/metrics")
        assert measured.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "rempart_server_workers 1.0" in measured.text


def test_metrics_are_for_the_networks_alone_that_the_settings_name(tmp_path: Path) -> None:
    with a_context(tmp_path, "metrics_from: [198.51.100.0/24]\n") as context:
        with client(context, "198.51.100.9") as one:
            assert one.get("/metrics").status_code == 200
        with client(context, "127.0.0.1") as one:
            assert one.get("/metrics").status_code == 403


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
