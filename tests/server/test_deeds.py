"""Whatever a person changes is in the log, with who did it; what is refused changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from rempart_testing.access_table import TABLE, Row
from rempart_testing.access_world import OWN, SEEN, World, a_world
from rempart_testing.people import actions, csrf_of, hashed_once

from rempart_server.people.person import ROLES
from rempart_store.server.account import set_disabled, set_password
from rempart_store.server.proposal import Draft, propose

OLD, NEW = "an old sentence of mine", "a new sentence of mine"
END = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86_400))
FIELDS: dict[str, dict[str, str]] = {
    "/account/language": {"language": "fr"},
    "/account/password": {"current": OLD, "new": NEW, "again": NEW},
    "/logout": {},
    "/waivers": {"host": f"host-{SEEN}", "check": "RMT-01", "owner": "Mia", "reason": "replaced soon", "end": END},
    "/waivers/{number}/approve": {},
    "/waivers/{number}/refuse": {},
    "/waivers/{number}/withdraw": {},
    "/enrolment/{number}/accept": {"group": OWN},
    "/enrolment/{number}/revoke": {},
    "/accounts/{number}/disable": {},
    "/accounts/{number}/enable": {},
}
"""What makes each deed succeed. A route that changes something and is not here fails the test below."""
DEEDS = [row for row in TABLE if row.method != "GET" and row.needs in ROLES]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("deeds")) as world:
        with world.context.store.writing() as connection:
            set_password(connection, world.accounts["operator"].id, hashed_once(OLD))
        yield world


def fill(world: World, row: Row) -> str:
    """Return the path of a deed that can be done; a proposal is a new one, and only one's own can be withdrawn."""
    if row.path.startswith("/accounts/"):
        viewer = world.accounts["viewer"].id
        with world.context.store.writing() as connection:
            set_disabled(connection, viewer, int(time.time()) if row.path.endswith("enable") else None)
        return row.path.replace("{number}", str(viewer))
    if row.of != "proposal":
        return world.fill(row.path, OWN, row.of)
    proposer = world.accounts["operator" if row.path.endswith("withdraw") else "whole"]
    draft = Draft(f"host-{SEEN}", OWN, "RMT-01", (), "replaced soon", "Mia", END)
    with world.context.store.writing() as connection:
        number = propose(connection, draft, proposer.id, int(time.time()))
    return row.path.replace("{number}", str(number))


def test_each_route_that_changes_something_is_tried() -> None:
    assert {row.path for row in DEEDS} == FIELDS.keys()


@pytest.mark.parametrize("row", DEEDS, ids=lambda row: row.path)
def test_each_deed_is_in_the_log_with_who_did_it(world: World, row: Row) -> None:
    who = "whole" if row.needs == "admin" else "operator"
    browser = world.new_browser(who)
    csrf, path = csrf_of(browser.get("/account").text), fill(world, row)
    before = actions(world.context)
    assert browser.post(path, data={"csrf": "", **FIELDS[row.path]}).status_code == 403
    assert actions(world.context) == before
    assert browser.post(path, data={"csrf": csrf, **FIELDS[row.path]}).status_code == 303
    new = actions(world.context)[len(before) :]
    assert new
    assert {actor for actor, _, _ in new} == {who}
