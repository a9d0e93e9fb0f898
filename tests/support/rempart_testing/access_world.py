"""A server with two groups, people of one of them, and words of the other that may be nowhere for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.testclient import TestClient

from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_server.app import build
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.people.managing import make_token
from rempart_server.people.person import AUDITOR
from rempart_server.settings import Oidc
from rempart_store.read.fleet_view import list_hosts
from rempart_store.server.account import Access, Account, add_account, set_access, set_disabled
from rempart_store.server.enrolment import Enrolment, enrol
from rempart_store.server.proposal import Draft, propose
from rempart_testing.osquery_door import a_secret
from rempart_testing.people import a_browser, a_server, signed_in
from rempart_testing.run import make_result, make_run

DAY = 86_400
OWN, FOREIGN = "grp-own", "grp-foreign"
SEEN = "planted-own"
"""Stands in what those of the group may read."""
PLANTED = "planted-foreign"
"""Stands in everything that is the other group's."""
EARLY = "planted-early"
"""Stands in what was before an auditor's first day."""
PEOPLE = ("nobody", "viewer", "operator", "admin", "auditor", "late", "disabled", "token", "whole")
"""``late`` is an auditor whose last day is over; ``token`` a program of the operator's; ``whole`` an admin of all."""


class World(NamedTuple):
    """The server.

    Attributes:
        context: Of its worker.
        app: Its application.
        accounts: By the names in PEOPLE.
        token: Of the program.
        numbers: Of each group's host, node and proposal.
        began: The auditors' first moment.
    """

    context: Context
    app: Starlette
    accounts: dict[str, Account]
    token: str
    numbers: dict[str, dict[str, int]]
    began: int
    browsers: dict[str, TestClient]

    def browser(self, who: str) -> TestClient:
        """Return the browser, or the program, of one of PEOPLE."""
        if who not in self.browsers:
            self.browsers[who] = self.new_browser(who)
        return self.browsers[who]

    def new_browser(self, who: str) -> TestClient:
        """Return one with a session of its own."""
        if who == "nobody":
            return a_browser(self.app)
        if who == "token":
            program = a_browser(self.app)
            program.headers["authorization"] = f"Bearer {self.token}"
            return program
        return signed_in(self.app, self.accounts[who])

    def fill(self, path: str, group: str, of: str) -> str:
        """Return a path with what is a group's in its places.

        Args:
            path: Of a row.
            group: Whose.
            of: ``host``, ``node`` or ``proposal``; ``""`` where it names nothing of a group.
        """
        number = str(self.numbers[group].get(of, "x"))
        filled = path.replace("{id}", number).replace("{number}", number).replace("{check}", "RMT-01")
        for name in ("digest", "name", "code", "framework", "incident"):
            filled = filled.replace("{" + name + "}", "x")
        assert "{" not in filled, filled
        return filled


@contextmanager
def a_world(folder: Path, more: str = "") -> Iterator[World]:
    """Give the server.

    Args:
        folder: Where its directory is put.
        more: Lines that its ``server.yaml`` has besides.
    """
    with a_server(folder, more=more) as made:
        oidc = Oidc("http://127.0.0.1:9", "rempart", str(folder / "none"))
        context = made._replace(clock=time.time, settings=made.settings._replace(oidc=oidc))
        now = int(time.time())
        began = now - 10 * DAY
        accounts = _people(context, now, began)
        numbers = _plant(context, now, began, accounts["whole"])
        _, token = make_token(context, "console:test", "program", "operator", "viewer", None)
        with context.store.reading() as connection:
            for one in list_hosts(connection, None):
                numbers[one.state.group]["host"] = one.id
        with context.store.writing() as connection:
            set_disabled(connection, accounts["disabled"].id, now)
            late = accounts["late"]
            set_access(connection, late.id, Access(AUDITOR, late.groups, began, now - 1))
        yield World(context, build(context), accounts, token, numbers, began, {})


def _people(context: Context, now: int, began: int) -> dict[str, Account]:
    found = {}
    with context.store.writing() as connection:
        for who in PEOPLE:
            if who in ("nobody", "token"):
                continue
            role = {"auditor": AUDITOR, "late": AUDITOR, "disabled": "admin", "whole": "admin"}.get(who, who)
            dates = (began, now + DAY) if role == AUDITOR else (None, None)
            groups = None if who == "whole" else frozenset({OWN})
            made = add_account(connection, who, Access(role, groups, *dates), now)
            assert made is not None
            found[who] = made
    return found


def _plant(context: Context, now: int, began: int, proposer: Account) -> dict[str, dict[str, int]]:
    numbers: dict[str, dict[str, int]] = {}
    for group, word in ((OWN, SEEN), (FOREIGN, PLANTED)):
        secret = a_secret(context, group)
        said = Text(f"reason {word}", f"raison {word}")
        good, bad = (make_result("RMT-01", state, [f"item-{word}"], reason=said) for state in (State.PASS, State.FAIL))
        linux = {"platform": "linux", "system": f"Debian {word}", "group": group, "machine_id": word.encode().hex()}
        early = make_result("RMT-01", State.FAIL, [f"item-{EARLY}"], reason=Text(EARLY, EARLY))
        for at, result in ((began - 5 * DAY, early), (began - DAY, good), (now - 2 * DAY, good), (now - 3600, bad)):
            context.store.save([make_run(f"host-{word}", at, [result], **linux)])
        with context.store.writing() as connection:
            machine = Enrolment(secret, f"id-{word}", f"node-{word}", f"uuid-{word}", word, "linux", "Debian", "5.23.0")
            node = enrol(connection, machine, "192.0.2.9", now).node
            assert node is not None
            draft = Draft(f"host-{word}", group, "RMT-01", (f"item-{word}",), f"reason {word}", word, "2030-01-31")
            numbers[group] = {"node": node.id, "proposal": propose(connection, draft, proposer.id, now)}
            record(connection, context, "console:test", "node.accept", f"node-{word}", group=group)
    return numbers
