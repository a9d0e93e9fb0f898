"""The page of waivers: proposed by one person, approved by another, and in force as the last audits applied them."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message, message_of
from rempart_core.messages.say import say
from rempart_core.model.profile import MAX_WAIVER_DAYS
from rempart_core.text import clean, clean_line
from rempart_core.timestamps import read_time
from rempart_server.context import Context
from rempart_server.hooks import tell
from rempart_server.log import record
from rempart_server.pages.asking import Asking, NotFound, mark
from rempart_server.pages.binding import Endpoint, ask, show_problem
from rempart_server.pages.frame import Shown
from rempart_server.people.form import read_form
from rempart_server.people.person import Person, require
from rempart_store.read.fleet_view import PAGE
from rempart_store.read.waiver_view import list_waived
from rempart_store.server.proposal import STATES, Draft, Proposal, decide, find_group, list_proposals, propose, withdraw

if TYPE_CHECKING:
    from rempart_store.connection import Connection

_LONGEST = {"host": 255, "check": 64, "owner": 100, "reason": 2000, "items": 20_000}
_ITEMS = 50  # of one proposal; evidence keeps no more
_DAY = 86_400
_WORDS = {
    "open": "waiver_open",
    "approved": "waiver_approved",
    "refused": "waiver_refused",
    "withdrawn": "waiver_withdrawn",
}


def read_proposals(asking: Asking, connection: "Connection") -> tuple[list[Proposal], str]:
    """Return the proposals that a request asks for, and where the next page begins; ``""`` where this is the last.

    Args:
        asking: Who asks, and for what.
        connection: Reads.

    Raises:
        UsageError: It asks for something that there is not.
    """
    after = asking.after(int)
    before = None if after is None else int(after[0])
    state, since = asking.choose("state", STATES), asking.person.begins or 0
    found = list_proposals(connection, asking.person.groups, state, before, since, PAGE + 1)
    shown = [one for one in found[:PAGE] if one.proposed <= asking.now]
    return shown, mark(found[PAGE - 1].id) if len(found) > PAGE else ""


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page of waivers.

    Args:
        asking: Who asks, and for what.
        connection: Reads.
    """
    proposals, after = read_proposals(asking, connection)
    person = asking.person
    in_force = list_waived(connection, person.groups, asking.text("force"))
    full = len({one.host for one in in_force}) >= PAGE
    values: dict[str, Any] = {
        "proposals": proposals,
        "words": _WORDS,
        "state": asking.text("state"),
        "states": STATES,
        "decides": person.may("operator"),
        "today": time.strftime("%Y-%m-%d", time.gmtime(asking.now)),
        "in_force": in_force,
        "force_next": asking.link(force=in_force[-1].host) if full else "",
        "force_first": asking.link(force="") if asking.text("force") else "",
        "draft": {name: asking.text(name) for name in ("host", "check")},
        "latest": _day(asking.now + MAX_WAIVER_DAYS * _DAY),
        "next": asking.link(after=after) if after else "",
        "first": asking.link() if asking.text("after") else "",
        "done": asking.text("done") if asking.text("done") in _DONE else "",
        "done_words": _DONE,
    }
    return Shown("waiver_page.html", asking.labels("waivers"), values)


_DONE = {
    "proposed": "done_proposed",
    "approve": "done_approved",
    "refuse": "done_refused",
    "withdraw": "done_withdrawn",
}


def read_draft(form: dict[str, str], now: int) -> Draft:
    """Return the waiver that a form proposes; its group is not known yet.

    Args:
        form: Its fields.
        now: Seconds since 1970.

    Raises:
        UsageError: Something is missing, too long, or lasts too long.
    """
    said = {name: clean(form.get(name, "")).strip() for name in ("host", "check", "owner", "reason", "end", "items")}
    for name in ("host", "check", "owner", "reason", "end"):
        if not said[name]:
            raise UsageError(Message("server_page.field_missing", name=name))
    for name, most in _LONGEST.items():
        if len(said[name]) > most:
            raise UsageError(Message("server_page.field_long", name=name, most=most))
    items = tuple(dict.fromkeys(line.strip() for line in said["items"].splitlines() if line.strip()))
    if len(items) > _ITEMS:
        raise UsageError(Message("server_page.field_long", name="items", most=_ITEMS))
    end = read_time(said["end"], end=True)
    if len(said["end"]) != len("2026-11-25") or end < now:
        raise UsageError(Message("server_page.end_past"))
    if end > now + MAX_WAIVER_DAYS * _DAY + _DAY:
        raise UsageError(Message("server_page.end_far", most=MAX_WAIVER_DAYS))
    names = {name: clean_line(said[name]) for name in ("host", "check", "owner")}
    return Draft(names["host"], "", names["check"], items, said["reason"], names["owner"], said["end"])


def take_proposal(context: Context) -> Endpoint:
    """Return the handler of a proposal."""

    @require("operator")
    async def handler(request: Request, person: Person) -> Response:
        asking = ask(context, request, person)
        now = int(context.clock())
        form = await read_form(request)

        return await _answer(asking, lambda connection: _propose(connection, asking, form, now), "proposed")

    return handler


def take_decision(context: Context, deed: str) -> Endpoint:
    """Return the handler of what is decided about a proposal.

    Args:
        context: The worker's.
        deed: ``approve``, ``refuse`` or ``withdraw``.
    """

    @require("operator")
    async def handler(request: Request, person: Person) -> Response:
        asking = ask(context, request, person)
        try:
            number = asking.number("number")
        except NotFound:
            return show_problem(asking, 404, asking.labels("not_found"))
        now = int(context.clock())

        return await _answer(asking, lambda connection: _decide(connection, asking, number, deed, now), deed)

    return handler


def _propose(connection: "Connection", asking: Asking, form: dict[str, str], now: int) -> None:
    draft, person = read_draft(form, now), asking.person
    group = find_group(connection, person.groups, draft.host)
    if group is None:
        raise UsageError(Message("server_page.no_host", host=draft.host))
    number = propose(connection, draft._replace(group=group), person.account, now)
    about = {"host": draft.host, "check": draft.check, "end": draft.end, "reason": draft.reason}
    record(connection, asking.context, person.name, "waiver.propose", f"#{number}", **about)
    _tell(connection, asking, "waiver.proposed", draft._replace(group=group), "open")


def _decide(connection: "Connection", asking: Asking, number: int, deed: str, now: int) -> None:
    person = asking.person
    if deed == "withdraw":
        done = withdraw(connection, person.groups, number, person.account, now)
    else:
        done = decide(connection, person.groups, number, person.account, now, approve=deed == "approve")
    if not done:
        raise UsageError(Message("server_page.not_decided"))
    record(connection, asking.context, person.name, f"waiver.{deed}", f"#{number}")
    for one in list_proposals(connection, person.groups, before=number + 1, limit=1):
        _tell(connection, asking, "waiver.decided", one.draft, one.state)


def _tell(connection: "Connection", asking: Asking, kind: str, draft: Draft, state: str) -> None:
    """Let webhooks be told; what people wrote is not for them."""
    body: dict[str, Json] = {"host": draft.host, "check": draft.check, "end": draft.end, "state": state}
    tell(connection, asking.context, kind, draft.group, body)


async def _answer(asking: Asking, write: Callable[["Connection"], None], deed: str) -> Response:
    """Write, and lead back to the page; what can't be done is said."""
    try:
        await asking.context.writer.write(write)
    except UsageError as error:
        return show_problem(asking, 400, say(message_of(error), asking.language))
    return RedirectResponse(f"/waivers?done={deed}", 303, {"cache-control": "no-store"})


def _day(moment: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))
