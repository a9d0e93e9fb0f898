"""Which of a host's documents are believed: signed by its own key, of its own machine, and none of them twice."""

import calendar
import time as clock
from collections.abc import Callable, Mapping
from typing import NamedTuple

from rempart_agent.installed import envelope
from rempart_agent.installed.envelope import Envelope
from rempart_controller.agents.contract import Delivery
from rempart_controller.agents.known import Agent
from rempart_controller.agents.numbers import Number
from rempart_core.error import DocumentError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_core.text import Text

AHEAD = 300
"""Seconds that an endpoint's clock may be ahead."""


class Taken(NamedTuple):
    """What a store holds of one agent's documents.

    Attributes:
        number: The highest number.
        digests: Number to SHA-256, of the highest and of those that may wait in the spool still.
        seen: The last that was ever taken, by any store or none: number and SHA-256.
    """

    number: int = 0
    digests: Mapping[int, str] = {}
    seen: Number = Number(0, "")


class Believed(NamedTuple):
    """What a delivery came to.

    Attributes:
        new: Documents that no store has yet, oldest first.
        old: The newest one that the store has already; None where there is none.
        leftover: Documents that wait although they are stored: they are to go.
        refused: Why others are not believed.
        current: Whether the newest one that came is believed: else what the others say is not the host's last word.
        runs: What the new ones hold, in their order.
    """

    new: tuple[Envelope, ...] = ()
    old: Envelope | None = None
    leftover: tuple[Delivered, ...] = ()
    refused: tuple[Text, ...] = ()
    current: bool = True
    runs: tuple[Run, ...] = ()


class Reading(NamedTuple):
    """How documents are read.

    Attributes:
        read: Returns an envelope whose signature holds; raises ``DocumentError``.
        unpack: Returns the run in it; raises ``DocumentError``.
    """

    read: Callable[[bytes], Envelope] = envelope.read
    unpack: Callable[[Envelope], Run] = envelope.unpack


def inspect(
    delivery: Delivery,
    agent: Agent,
    taken: Taken,
    now: float,
    reading: Reading = Reading(),  # noqa: B008 - immutable
) -> Believed:
    """Judge a delivery.

    Args:
        delivery: What was fetched.
        agent: What is known of the host's agent.
        taken: What the store holds of its documents.
        now: Seconds since 1970.
        reading: How its documents are read.
    """
    new: dict[int, Envelope] = {}
    runs: dict[int, Run] = {}
    stored: dict[int, Envelope] = {}
    refused: list[Text] = []
    current = True
    for data in (*delivery.documents, *([delivery.last] if delivery.last else [])):
        known = len(refused)
        current = False
        try:
            one = reading.read(data)
            fault = _find_fault(one, agent, delivery, now)
            run = reading.unpack(one) if fault is None else None
        except DocumentError as error:
            refused.append(say_both(Message("delivery.refused", error=error.message)))
            continue
        if fault is None and taken.digests.get(one.number) == one.digest:
            stored[one.number] = one
        elif run is not None and one.number > taken.number and one.number not in new:
            new[one.number], runs[one.number] = one, run
        else:
            why = fault or Message("delivery.replayed")
            refused.append(say_both(Message("delivery.refused_one", number=str(one.number), why=why)))
        current = len(refused) == known
    newest = max((*new.values(), *stored.values()), key=lambda one: one.number, default=None)
    last = max(taken.seen, Number(taken.number, taken.digests.get(taken.number, "")))
    if newest is not None and (newest.number, newest.digest) != last and newest.number <= last.number:
        # All of it is older than what the agent gave before: it says nothing of the host of today.
        refused.append(say_both(Message("delivery.old", number=str(last.number))))
        new, current = {}, False
    leftover = [Delivered(one.key, one.number, one.digest) for one in stored.values()] if delivery.documents else []
    return Believed(
        tuple(new[number] for number in sorted(new)),
        stored[max(stored)] if stored else None,
        tuple(leftover),
        tuple(refused),
        current,
        tuple(runs[number] for number in sorted(new)),
    )


def _find_fault(one: Envelope, agent: Agent, delivery: Delivery, now: float) -> Message | None:
    if one.key != agent.key:
        return Message("delivery.other_key", key=one.key)
    if one.machine_id != agent.machine_id or delivery.machine_id != agent.machine_id:
        return Message("delivery.other_machine")
    ended = read_moment(one.ended)
    if ended is None or ended > now + AHEAD:
        return Message("delivery.future", time=one.ended[:40])
    return None


def read_moment(text: str) -> int | None:
    """Return the seconds since 1970 of a run document's time; None where it is none."""
    try:
        return calendar.timegm(clock.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        return None
