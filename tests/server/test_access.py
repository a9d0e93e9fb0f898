"""Who may ask what: each route, each kind of person, each other group's data; a route without a row fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx import Response
from rempart_testing.access_table import CODE, DOOR, OPEN, TABLE, Row
from rempart_testing.access_world import EARLY, FOREIGN, OWN, PEOPLE, PLANTED, SEEN, World, a_world
from rempart_testing.people import csrf_of
from starlette.routing import Route

from rempart_store.server.node import list_nodes
from rempart_store.server.proposal import list_proposals

ROLES = ("viewer", "operator", "admin")
CASES = [pytest.param(row, who, id=f"{row.method} {row.path} {who}") for row in TABLE for who in PEOPLE]
READ = [row for row in TABLE if row.method == "GET" and row.needs in ROLES]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("world")) as world:
        yield world


def ask(world: World, row: Row, who: str, group: str = OWN, *, forged: bool = False) -> Response:
    """Ask as somebody; a POST with the CSRF token of the session, unless another site sends it."""
    browser = world.new_browser(who) if row.path == "/logout" else world.browser(who)
    path = world.fill(row.path, group, row.of) + row.query
    if row.method == "GET":
        return browser.get(path)
    fields = {}
    if who not in ("nobody", "token") and not forged:
        page = browser.get("/account").text
        fields["csrf"] = csrf_of(page) if 'name="csrf"' in page else ""
    return browser.request(row.method, path, data=fields)


def may(row: Row, who: str) -> bool:
    """Tell whether somebody is let in by the table."""
    if row.needs not in ROLES or who in ("nobody", "late", "disabled"):
        return False
    if who == "auditor":
        return row.auditors
    if who == "token":
        return row.programs and row.needs == "viewer"
    return ROLES.index("admin" if who == "whole" else who) >= ROLES.index(row.needs)


def says(answer: Response, word: str) -> bool:
    return word in answer.text or any(word in value for value in answer.headers.values())


def test_each_route_has_a_row_and_each_row_a_route(world: World) -> None:
    known = {(row.method, row.path) for row in TABLE}
    assert len(known) == len(TABLE)
    routes = set()
    for one in world.app.routes:
        assert isinstance(one, Route), f"{one}: a route that nobody can list"
        routes |= {(method, one.path) for method in (one.methods or ()) if method not in ("HEAD", "OPTIONS")}
    assert routes - known == set(), "add a row to tests/support/rempart_testing/access_table.py"
    assert known - routes == set()


@pytest.mark.parametrize(("row", "who"), CASES)
def test_each_is_let_in_by_the_table_alone(world: World, row: Row, who: str) -> None:
    answer = ask(world, row, who)
    status, sent = answer.status_code, answer.headers.get("location", "")
    assert status < 500 or row.path == "/login/oidc"
    if row.needs in (OPEN, DOOR, CODE):
        assert not says(answer, SEEN)
        assert not says(answer, PLANTED)
    elif may(row, who):
        assert status not in (401, 403)
        assert row.path == "/logout" or not sent.startswith("/login")
    elif who in ("nobody", "disabled"):
        api = row.path.startswith("/api/")
        assert (status, sent[:6]) == ((401, "") if api else (303, "/login"))
    else:
        assert status == (401 if who == "token" and not row.programs else 403)
        assert not says(answer, SEEN)


@pytest.mark.parametrize(("row", "who"), [case for case in CASES if case.values[1] != "whole"])
def test_another_group_s_words_are_nowhere(world: World, row: Row, who: str) -> None:
    assert not says(ask(world, row, who), PLANTED)
    if row.of:
        answer = ask(world, row, who, FOREIGN)
        assert not says(answer, PLANTED)
        assert not says(answer, FOREIGN)
        if may(row, who):  # as for one that there never was
            assert answer.status_code == (404 if row.method == "GET" else 400)
    if row.shows and not row.of:
        asked = row._replace(query=f"?group={FOREIGN}")
        assert not says(ask(world, asked, who), PLANTED)


@pytest.mark.parametrize("row", [row for row in READ if row.shows], ids=lambda row: row.path)
def test_the_words_that_are_looked_for_are_there_for_those_who_may_read_them(world: World, row: Row) -> None:
    asked = row._replace(query="?actor=console:test") if row.whole else row
    answer = ask(world, asked, "whole", FOREIGN)
    assert says(answer, PLANTED) or says(answer, FOREIGN)
    own = ask(world, row, "admin", OWN)
    assert own.status_code == 404 if row.whole else says(own, SEEN) or says(own, OWN)


@pytest.mark.parametrize("row", [row for row in TABLE if row.of in ("node", "proposal")], ids=lambda row: row.path)
def test_nothing_of_another_group_is_decided(world: World, row: Row) -> None:
    before = stands(world)
    for who in PEOPLE:
        if who != "whole":
            ask(world, row, who, FOREIGN)
    assert stands(world) == before


def stands(world: World) -> list[object]:
    with world.context.store.reading() as connection:
        proposals = list_proposals(connection, frozenset({FOREIGN}), "", None, 0, 9)
        return [*proposals, *(one for one in list_nodes(connection, None) if one.group == FOREIGN)]


@pytest.mark.parametrize("row", [row for row in READ if row.auditors], ids=lambda row: row.path)
@pytest.mark.parametrize("at", ["", "at=2001-01-01", "at=14d"])
def test_an_auditor_sees_nothing_from_before_the_first_day(world: World, row: Row, at: str) -> None:
    asked = row._replace(query=f"{row.query}{'&' if row.query else '?'}{at}" if at else row.query)
    assert not says(ask(world, asked, "auditor"), EARLY)


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.method != "GET" and row.needs in ROLES], ids=lambda row: row.path
)
@pytest.mark.parametrize("who", [*ROLES, "auditor", "whole"])
def test_another_site_makes_nobody_do_anything(world: World, row: Row, who: str) -> None:
    assert ask(world, row, who, forged=True).status_code == 403
