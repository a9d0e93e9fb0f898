"""``rempart server token``: a token is shown once, reads, and is revoked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.people import a_browser, an_app
from rempart_testing.server import a_directory
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rempart_controller.commands.main import main
from rempart_server.opening import open_context
from rempart_server.people.person import Person, require


@require("viewer")
async def look(request: Request, person: Person) -> Response:
    return PlainTextResponse(f"{person.name} {person.role}")


def token(directory: str, *words: str) -> int:
    return main(["server", "token", *words, "--dir", directory])


def test_a_token_reads_until_it_is_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = a_directory(tmp_path)
    assert token(directory, "make", "board", "--account", "admin", "--expires", "90d") == 0
    secret = capsys.readouterr().out.strip()
    headers = {"Authorization": f"Bearer {secret}"}
    with open_context(directory) as context:
        browser = a_browser(an_app(context, [Route("/api/look", look)]))
        assert browser.get("/api/look", headers=headers).text == "admin viewer"
    assert token(directory, "list", "--json") == 0
    said = capsys.readouterr().out
    assert secret not in said
    one = json.loads(said)
    assert (one["number"], one["account"], one["role"], one["revoked"]) == (1, "admin", "viewer", None)
    assert one["used"]
    assert token(directory, "revoke", "1") == 0
    assert token(directory, "list") == 0
    assert "revoked" in capsys.readouterr().out
    with open_context(directory) as context:
        assert (
            a_browser(an_app(context, [Route("/api/look", look)])).get("/api/look", headers=headers).status_code == 401
        )
    assert token(directory, "revoke", "1") == 2
    assert token(directory, "make", "board", "--account", "nobody") == 2
