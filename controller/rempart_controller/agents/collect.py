"""One host's collection, in a worker process, and what the parent makes of it.

What goes back to the parent is JSON: the documents that are believed, packed as they came.
"""

import base64
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from rempart_agent.audit.planner import Planner
from rempart_agent.audit.settings import HostSettings
from rempart_agent.installed import envelope
from rempart_agent.installed.envelope import Envelope
from rempart_controller.agents.contract import Source
from rempart_controller.agents.inspection import Taken, inspect, read_moment
from rempart_controller.agents.known import Agent, say_how
from rempart_controller.agents.wording import SIGNED_THERE, Wording
from rempart_controller.answers.assemble import silence, target_of
from rempart_controller.answers.host_answer import AgentAnswer, HostAnswer
from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import ConnectionRequest
from rempart_core.error import EndpointError
from rempart_core.messages.carried import to_data
from rempart_core.messages.message import Message, listed, own
from rempart_core.messages.say import say_both
from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_core.text import NOTHING, Text, join
from rempart_core.timestamps import utc

LIMIT = 48 * 3600.0
"""Seconds after which an agent's newest document says nothing of its host any more."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Watch(NamedTuple):
    """What a collection is judged by.

    Attributes:
        known: The agents that are known, by host.
        taken: What the store holds, by public key.
        limit: Seconds after which the newest document is too old.
    """

    known: Mapping[str, Agent] = {}
    taken: Mapping[str, Taken] = {}
    limit: float = LIMIT


class Collected(NamedTuple):
    """What one host's agent said.

    Attributes:
        run: What reports show: the newest document's run, or a silence.
        history: What a store takes: each document that it has not, in its own time, and the silence.
        stored: The receipts of all that is in the store once the history is.
        remark: How old the newest document is, and what was refused; ``""`` in both languages for a silence.
        refused: Why documents are not believed: of what they tell, nothing was looked at, so the audit is incomplete.
        newest: The newest document that is believed: public key, number, SHA-256; None where there is none.
    """

    run: Run
    history: tuple[Run, ...]
    stored: tuple[Delivered, ...]
    remark: Text
    refused: tuple[Text, ...] = ()
    newest: Delivered | None = None


def collect_host(
    host: Host, source: Source, watch: Watch, host_deadline: float, connected: Callable[[], None]
) -> HostAnswer:
    """Collect one host's documents and return what ``read_collected`` reads.

    Args:
        host: The host.
        source: Where its documents come from.
        watch: What they are judged by.
        host_deadline: Seconds for all.
        connected: Is called once the host has let us in.
    """
    began = time.perf_counter()
    said: HostAnswer = {"started": utc(), "ended": "", "seconds": 0.0}
    try:
        said["agent"] = _collect(host, source, watch, host_deadline, connected)
    except EndpointError as error:
        said["silent"], said["kind"] = to_data(error.message), error.kind
    said["ended"], said["seconds"] = utc(), time.perf_counter() - began
    return said


def _collect(
    host: Host, source: Source, watch: Watch, host_deadline: float, connected: Callable[[], None]
) -> AgentAnswer:
    delivery = source.collect(host, ConnectionRequest(until=time.monotonic() + host_deadline, connected=connected))
    now = Agent(delivery.machine_id, delivery.key)
    agent = watch.known.get(host.name)
    if agent is None:
        raise EndpointError(
            Message("host.agent_unknown", how=say_how(host.name, now, replace=False)),
            "unknown_key",
        )
    if now != agent:
        how = say_how(host.name, now, replace=True)
        if now.machine_id == agent.machine_id:
            raise EndpointError(Message("host.agent_other_key", known=agent.key, how=how), "changed_key")
        raise EndpointError(Message("host.agent_other_machine", known=agent.machine_id, how=how), "changed_key")
    found = inspect(delivery, agent, watch.taken.get(agent.key, Taken()), time.time())
    old = found.old if not found.new else None
    return {
        "new": [base64.b64encode(one.data).decode() for one in found.new],
        "old": base64.b64encode(old.data).decode() if old else "",
        "leftover": list(found.leftover),
        "refused": [list(text) for text in found.refused],
        "current": found.current,
    }


def read_collected(
    host: Host, settings: HostSettings, planner: Planner, watch: Watch, said: HostAnswer, *, narrow: bool
) -> Collected:
    """Return what a worker told of.

    Args:
        host: The host.
        settings: What its variables say.
        planner: Knows the checks.
        watch: The same that the worker had.
        said: What ``collect_host`` returned.
        narrow: Whether the command line asks for some checks only.

    Raises:
        DocumentError: What came is no document; no worker says so.
    """
    moment = str(said["ended"])
    heard = said["agent"]
    new = [envelope.read(base64.b64decode(text)) for text in heard["new"]]
    old = [envelope.read(base64.b64decode(text)) for text in [heard["old"]] if text]
    refused = tuple(Text(*pair) for pair in heard["refused"])
    newest = (new or old)[-1] if new or old else None
    runs = [_adopt(envelope.unpack(one), host, settings, planner)._replace(document=one.digest) for one in new]
    # An audit that is gone on with may have stored some before it was interrupted.
    late = [run for run, one in zip(runs, new, strict=True) if not _is_held(one, watch)]
    stored = [Delivered(*one) for one in heard["leftover"]]
    stored += [Delivered(one.key, one.number, one.digest) for one in new]
    receipt = Delivered(newest.key, newest.number, newest.digest) if newest else None
    age = (read_moment(moment) or 0) - (read_moment(newest.ended) or 0) if newest else 0
    if newest is None or age > watch.limit or not heard["current"]:
        if newest is not None and age <= watch.limit:
            why = listed([own(one) for one in refused])
            reason = say_both(Message("delivery.not_believed", why=why))
        else:
            last = _old(age) if newest else Message("delivery.none")
            why = listed([last, *(own(one) for one in refused)])
            reason = say_both(Message("delivery.silent", why=why))
        silent = silence(host, settings, planner, reason, moment)
        return Collected(silent, (*late, silent), tuple(stored), NOTHING, refused, receipt)
    run = runs[-1] if runs else _adopt(envelope.unpack(newest), host, settings, planner)
    checks = planner.select(settings, run.role)
    notes = [say_both(_old(max(0, age))), *refused]
    if newest.dropped:
        notes.append(say_both(Message("delivery.dropped", count=str(newest.dropped))))
    if narrow:
        asked = {selected.check.id for selected in checks.selected}
        run = run._replace(results=[result for result in run.results if result.check in asked])
    elif run.content != checks.content:
        other = Message("delivery.other_checks", version=run.version, profile=run.profile)
        notes.append(say_both(other))
    remark = join(notes[: 1 + len(refused)])
    return Collected(run._replace(notes=(*run.notes, *notes)), tuple(late), tuple(stored), remark, refused, receipt)


def _is_held(one: Envelope, watch: Watch) -> bool:
    return watch.taken.get(one.key, Taken()).digests.get(one.number) == one.digest


def _old(age: int) -> Message:
    days, hours, minutes = age // _DAY, age % _DAY // _HOUR, age % _HOUR // _MINUTE
    if age >= 2 * _DAY:
        return Message("delivery.age", span=Message("delivery.days", days=str(days), hours=str(hours)))
    if age >= _HOUR:
        return Message("delivery.age", span=Message("delivery.hours", hours=str(age // _HOUR), minutes=str(minutes)))
    return Message("delivery.age", span=Message("delivery.minutes", minutes=str(minutes)))


def _adopt(run: Run, host: Host, settings: HostSettings, planner: Planner) -> Run:
    """Return a run as one of the host: named as the inventory does, and with this controller's words for its checks.

    A page of a check shows many hosts: none of them says what the check is called.
    """
    told = run.target
    target = target_of(host, settings)._replace(platform=told.platform, system=told.system, machine_id=told.machine_id)
    wording = Wording(planner.checks)
    return run._replace(
        target=target,
        proof=SIGNED_THERE,
        results=[wording.put(result, target) for result in run.results],
    )
