"""The second door: ``POST /api/rempart/documents`` takes one signed document, ``/api/rempart/enrol`` an agent.

A document is answered once it is decided: 200 when it is committed, 409 when it is refused; what goes wrong, the
application answers with 503. An agent takes a document out of its spool after 200 alone.
"""

import json
from functools import partial
from typing import TYPE_CHECKING

from anyio import sleep
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rempart_agent.installed import enrolment
from rempart_agent.installed.envelope import MAX_SIZE
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.text import Text
from rempart_server import hooks
from rempart_server.context import Context
from rempart_server.gate import Gate
from rempart_server.limits import TooLarge, read_body
from rempart_server.log import record
from rempart_server.metrics import count
from rempart_server.push import enrolling
from rempart_server.push.intake import Intake
from rempart_server.push.taking import Arrived, Believed, Refusal
from rempart_store.server import document
from rempart_store.server.document import AgentNode, NewAgent

if TYPE_CHECKING:
    from rempart_core.json_value import Json
    from rempart_store.connection import Connection

_MAX_ENROLMENT = 16 << 10


def routes(context: Context) -> list[BaseRoute]:
    """Return the paths of this door.

    Args:
        context: The worker's.
    """
    gate = Gate(context.settings.enrolments // max(1, context.settings.workers))
    return [
        Route("/api/rempart/documents", partial(_take, Intake(context)), methods=["POST"]),
        Route("/api/rempart/enrol", partial(_enrol, context, gate), methods=["POST"]),
    ]


async def _take(intake: Intake, request: Request) -> Response:
    judged: Believed | Refusal | None
    try:
        data = await read_body(request, MAX_SIZE)
        judged = await intake.judge(data)
    except TooLarge:
        judged = Refusal(say_both(Message("agent.signed_too_large")))
    number = judged.number
    if not isinstance(judged, Refusal):
        judged = await intake.take(Arrived(judged, _address(request)))
    if judged is None:
        count("documents", result="stored")
        return JSONResponse({"stored": [number]})
    count("documents", result=judged.kind)
    reason = {"en": judged.reason.en, "fr": judged.reason.fr}
    return JSONResponse({"refused": {"number": number, "kind": judged.kind, **reason}}, 409)


async def _enrol(context: Context, gate: Gate, request: Request) -> Response:
    try:
        told = _read_enrolment(await read_body(request, _MAX_ENROLMENT))
    except TooLarge:
        told = None
    if told is None:
        return _refuse(say_both(Message("server_push.no_enrolment")), 400)
    secret, key, one = told
    address, now = _address(request), context.clock()
    waits = gate.takes(now) if gate.hears(address, secret, now) else None
    if waits is None:
        count("agent_enrolments", result="rate")
        return JSONResponse({"error": "too many enrolments at a time, or wrong secrets from this address"}, 429)
    await sleep(waits)
    node = await context.writer.write(partial(_know, context, NewAgent(key, *one, address), secret))
    if isinstance(node, Message):
        gate.note(address, secret, now, good=False)
        count("agent_enrolments", result="refused")
        return _refuse(say_both(node), 403)
    if secret:
        gate.note(address, secret, now, good=True)
    count("agent_enrolments", result=node.state)
    return JSONResponse({"node": node.id, "state": node.state, "group": node.group, "name": node.name})


def _refuse(reason: Text, status: int) -> Response:
    return JSONResponse({"refused": {"en": reason.en, "fr": reason.fr}}, status)


def _read_enrolment(data: bytes) -> tuple[str, str, enrolment.Enrolment] | None:
    """Return the secret, the public key that signed, and what it signed; None where it is no enrolment."""
    try:
        told: Json = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match told:
        case {"secret": str(secret), "enrolment": signed}:
            found = enrolment.read(signed, secret)
            return None if found is None else (secret, *found)
    return None


def _know(context: Context, agent: NewAgent, secret: str, connection: "Connection") -> AgentNode | Message:
    before = document.find_agent(connection, agent.key)
    node = enrolling.enrol(connection, agent, secret, int(context.clock()))
    actor = f"agent:{agent.address}"
    if isinstance(node, Message):
        record(connection, context, actor, "node.refused", agent.name, why=node.id, key=agent.key)
    else:
        details = {"name": node.name, "group": node.group, "state": node.state, "key": node.key}
        record(connection, context, actor, "node.enrol", str(node.id), **details)
        if node.state == "waiting" and (before is None or before.state != "waiting"):
            hooks.tell(connection, context, "node.waiting", "", {"node": node.id, "name": node.name})
    return node


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
