"""Words that no database or page has a place for, asked on PostgreSQL, which takes fewer of them: never a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from rempart_testing.access_table import OPEN, TABLE, Row
from rempart_testing.access_world import OWN, World, a_world
from rempart_testing.osquery_door import a_secret, enrolment
from rempart_testing.people import csrf_of
from rempart_testing.postgresql import cluster

from rempart_store.store import Store

ROWS = [row for row in TABLE if row.needs != OPEN and row.path != "/logout"]
ODD = ("%00", "a%00b", "%ED%A0%80", "%FF", "%1B%5B31m", "9" * 30, "-1", "%F0%9F%98%80", "%25", "'", "e" * 5000)
ODDEST = ("%00", "9" * 30)
FIELDS = (
    "name",
    "password",
    "current",
    "new",
    "again",
    "code",
    "language",
    "host",
    "check",
    "owner",
    "reason",
    "group",
)
ASKED = ("q", "actor", "group", "at", "after", "state", "hosts", "days", "force", "lang", "done", "results", "nodes")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cluster() as server, server.database() as url:
        Store.open(url).close()
        with a_world(tmp_path_factory.mktemp("odd"), f"store: {url}\n") as world:
            assert world.context.settings.store == url
            yield world


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_no_word_is_a_failure(world: World, row: Row) -> None:
    browser = world.browser("whole")
    csrf = csrf_of(browser.get("/account").text)
    known = world.fill(row.path, OWN, row.of)
    for odd in ODD:
        paths = {known}
        if row.method == "GET":
            paths = {f"{known}?{name}={odd}" for name in (ASKED if odd in ODDEST else ("at", "q"))}
        for name in ("id", "check", "number", "framework", "code", "name", "digest"):
            if "{" + name + "}" in row.path:
                paths.add(world.fill(row.path.replace("{" + name + "}", odd), OWN, row.of))
        for path in paths:
            if row.method == "GET":
                status = browser.get(path).status_code
            else:
                body = "&".join([f"csrf={csrf}", *(f"{name}={odd}" for name in FIELDS), "end=2030-01-31"])
                headers = {"content-type": "application/x-www-form-urlencoded"}
                status = browser.post(path, content=body, headers=headers).status_code
            assert status < 500, path


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "\x1b[31m", "x" * 100_000, "'", "\U0001f600"])
def test_no_name_of_a_machine_is_a_failure(world: World, odd: str) -> None:
    machine = world.browser("nobody")
    secret = a_secret(world.context, f"odd-{ord(odd[0])}")
    for said in (enrolment(secret, odd), enrolment(secret, "pc", uuid=odd, instance=odd), enrolment(odd)):
        answer = machine.post("/api/osquery/enroll", content=json.dumps(said).encode())
        assert answer.status_code < 500
    key = machine.post("/api/osquery/enroll", json=enrolment(secret, "pc")).json()["node_key"]
    for said in ({"node_key": odd}, {"node_key": key, "queries": {odd: [{odd: odd}]}, "statuses": {odd: 0}}):
        for path in ("config", "distributed/read", "distributed/write", "log"):
            assert machine.post(f"/api/osquery/{path}", content=json.dumps(said).encode()).status_code < 500
