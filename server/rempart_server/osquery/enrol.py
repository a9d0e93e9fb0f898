"""Enrolment of stock osqueryds, and what is told to each."""

from functools import partial
from typing import TYPE_CHECKING

import anyio
from starlette.responses import JSONResponse

from rempart_core.json_value import Json
from rempart_server import metrics
from rempart_server.context import Context
from rempart_server.gate import Gate
from rempart_server.hooks import tell
from rempart_server.log import record
from rempart_server.osquery.wire import Unreadable, read_enrolment
from rempart_store.server.enrolment import Enrolled, Enrolment, enrol

if TYPE_CHECKING:
    from rempart_store.connection import Connection

__all__ = ["Gate", "take_enrolment"]


async def take_enrolment(context: Context, gate: Gate, body: bytes, address: str) -> JSONResponse:
    """Enrol a machine, and return what it is told.

    Args:
        context: Gives the writer and the clock.
        gate: Of this worker.
        body: As osquery sends it.
        address: From where.

    Raises:
        StoreError: The store can't be written: nobody is told that a secret is wrong.
    """
    now = context.clock()
    try:
        said = read_enrolment(body)
    except Unreadable:
        return _refuse("unreadable", 400, {"error": "the body is no JSON object"})
    if not said.identifier and not said.uuid:
        return _refuse("nameless", 400, {"error": "neither host_identifier nor system_info.uuid is given"})
    if not gate.hears(address, said.secret, now):
        return _refuse("address", 429, {"error": "too many wrong secrets from this address"})
    waits = gate.takes(now)
    if waits is None:
        return _refuse("rate", 429, {"error": "too many enrolments at a time"})
    await anyio.sleep(waits)
    done = await context.writer.write(partial(_enrol, context=context, said=said, address=address, now=int(now)))
    gate.note(address, said.secret, now, good=bool(done.group))
    if done.node is None:
        return _refuse(done.why, 401, {"node_invalid": True, "error": "the secret is not valid"})
    metrics.count("osquery_enrolments", outcome="new" if done.new else "again")
    return JSONResponse({"node_key": done.key, "node_invalid": False})


def _enrol(connection: "Connection", context: Context, said: Enrolment, address: str, now: int) -> Enrolled:
    done = enrol(connection, said, address, now)
    _record(connection, context, said, address, done)
    return done


def _record(connection: "Connection", context: Context, said: Enrolment, address: str, done: Enrolled) -> None:
    """Record it in the log, without the secret."""
    name = said.name or said.identifier
    if done.node is None:
        record(connection, context, f"osquery:{address}", "node.refused", name, why=done.why, group=done.group)
    elif done.new:
        details = {"group": done.group, "name": name, "uuid": said.uuid, "clone": done.node.clone}
        record(connection, context, f"osquery:{address}", "node.enrol", str(done.node.id), **details)
        if done.node.state == "waiting":
            tell(connection, context, "node.waiting", done.group, {"node": done.node.id, "name": done.node.name})


def _refuse(why: str, status: int, said: dict[str, Json]) -> JSONResponse:
    metrics.count("osquery_enrolments", outcome=why)
    return JSONResponse(said, status)
