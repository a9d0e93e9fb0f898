"""A node is answered within 10 seconds, whatever the store does: it gives up after 16, and what it sent comes again."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rempart_testing.osquery_door import PATH, a_key, a_secret, enrolment
from rempart_testing.server import Running, a_context, client, running

from rempart_server.opening import open_context
from rempart_server.osquery import door
from rempart_store.store import Store

GIVES_UP = 16
"""osquery's own patience, seconds: remote/transports/tls.cpp."""


def post(server: Running, path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
    """Post as an osqueryd does, which gives up after its time."""
    request = urllib.request.Request(f"https://localhost:{server.port}{PATH}{path}", json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=GIVES_UP, context=server.tls()) as got:  # noqa: S310
            return got.status, json.loads(got.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_all_are_answered_in_time_while_somebody_else_holds_the_store(tmp_path: Path) -> None:
    """Those too that come while the writes of others wait for the lock, and so wait behind them."""
    with running(tmp_path) as server:
        with open_context(str(server.directory)) as context:
            secret = a_secret(context)
        key = post(server, "enroll", enrolment(secret))[1]["node_key"]
        body: dict[str, object] = {"queries": {"1.1.1": []}, "statuses": {"1.1.1": 0}, "node_key": key}
        answers = []
        with (
            Store.open(str(server.directory / "store.db")) as other,
            other.writing(),
            ThreadPoolExecutor(12) as threads,
        ):
            for number in range(6):
                answers.append(threads.submit(post, server, "distributed/write", body))
                answers.append(threads.submit(post, server, "enroll", enrolment(secret, f"pc{number + 2}")))
            said = [one.result() for one in answers]  # the lock is held still
        assert {status for status, _ in said} == {503}
        assert all(answer["error"] and "node_invalid" not in answer for _, answer in said)
        assert post(server, "distributed/write", body) == (200, {})


async def never(*_: object, **__: object) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("path", ["enroll", "config", "distributed/read", "distributed/write", "log"])
def test_what_never_ends_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    with a_context(tmp_path) as context, client(context) as http:
        secret = a_secret(context)
        key = a_key(http, secret)
        monkeypatch.setattr(door, "ANSWERED", 0.05)
        monkeypatch.setattr(door, "take_enrolment", never)
        monkeypatch.setattr(door.Roster, "find", never)
        body = enrolment(secret, "pc2") if path == "enroll" else {"node_key": key}
        got = http.post(PATH + path, json=body)
        assert (got.status_code, got.json()) == (503, {"error": "the store is unavailable"})
