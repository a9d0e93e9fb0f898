"""Enrolment of stock osqueryds: how many a second, how often an address may be wrong, and what is told.

A secret has 256 bits: nobody guesses one. The limit by address keeps wrong ones away from the store and the log; it
never stops a machine behind the same address that shows a secret which was good a moment ago.
"""

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import anyio
from starlette.responses import JSONResponse

from rempart_core.json_value import Json
from rempart_server import metrics
from rempart_server.context import Context
from rempart_server.osquery.wire import Unreadable, read_enrolment
from rempart_store.server.enrolment import Enrolled, Enrolment, enrol
from rempart_store.server.secret import digest_of

if TYPE_CHECKING:
    from rempart_store.connection import Connection

K = TypeVar("K")
V = TypeVar("V")
WRONG = 10
"""Wrong secrets that an address may show in ``WINDOW``, before it is not heard any more for the rest of it."""
WINDOW = 60
PATIENCE = 6.0
"""Seconds that an enrolment waits for its turn: a client is answered within 10, and gives up after 16."""
_KEPT = 10_000  # addresses and secrets that are remembered


class _Wrong(NamedTuple):
    begun: float
    times: int


class Gate:
    """Who may try to enrol now."""

    def __init__(self, a_second: int) -> None:
        """Let so many in a second.

        Args:
            a_second: Enrolments of this worker.
        """
        self._pause = 1 / max(1, a_second)
        self._next = 0.0  # when the next one is due, as if they came evenly
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._good: OrderedDict[bytes, float] = OrderedDict()

    def takes(self, now: float) -> float | None:
        """Tell in how many seconds one more may enrol, and count it; None where it has to come again.

        A second's worth may enrol at once; others wait up to ``PATIENCE``. So a herd, which comes again in waves, is
        let in at an even pace.

        Args:
            now: Seconds since 1970.
        """
        if self._next - now > PATIENCE + 10:  # the clock went back
            self._next = 0.0
        due = max(self._next, now)
        waits = max(0.0, due - now - 1 + self._pause)
        if waits > PATIENCE:
            return None
        self._next = due + self._pause
        return waits

    def hears(self, address: str, secret: str, now: float) -> bool:
        """Tell whether a secret from an address is looked at.

        Args:
            address: From where.
            secret: As the machine showed it.
            now: Seconds since 1970.
        """
        wrong = self._wrong.get(address)
        if wrong is None or wrong.times < WRONG or not 0 <= now - wrong.begun < WINDOW:
            return True
        return 0 <= now - self._good.get(digest_of(secret), now - WINDOW) < WINDOW

    def note(self, address: str, secret: str, now: float, *, good: bool) -> None:
        """Note what a secret was.

        Args:
            address: From where.
            secret: As the machine showed it.
            now: Seconds since 1970.
            good: Whether it leads to a group.
        """
        if good:
            _put(self._good, digest_of(secret), now)
            return
        wrong = self._wrong.get(address)
        if wrong is None or not 0 <= now - wrong.begun < WINDOW:
            wrong = _Wrong(now, 0)
        _put(self._wrong, address, wrong._replace(times=wrong.times + 1))


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
    from rempart_server.log import record

    name = said.name or said.identifier
    if done.node is None:
        record(connection, context, f"osquery:{address}", "node.refused", name, why=done.why, group=done.group)
    elif done.new:
        details = {"group": done.group, "name": name, "uuid": said.uuid, "clone": done.node.clone}
        record(connection, context, f"osquery:{address}", "node.enrol", str(done.node.id), **details)


def _refuse(why: str, status: int, said: dict[str, Json]) -> JSONResponse:
    metrics.count("osquery_enrolments", outcome=why)
    return JSONResponse(said, status)


def _put(held: OrderedDict[K, V], key: K, value: V) -> None:
    held[key] = value
    held.move_to_end(key)
    if len(held) > _KEPT:
        held.popitem(last=False)
