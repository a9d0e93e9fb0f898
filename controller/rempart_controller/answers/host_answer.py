"""What a worker says of one host: plain data, since it goes through a pipe and a journal as JSON.

A worker has handled what a stranger sent: the parent takes its word for results, not for code.
"""

from collections.abc import Callable
from typing import Any, TypedDict

from rempart_core.messages.carried import Carried

Verdict = list[Any]
"""What a check came to: state, reason in English and in French, evidence, witness, whether it is incomplete, statements
(or names of those that were planned), kind of failure; then, where it is told the time, the values it was given."""

Judged = tuple[float, Verdict | int]
"""Seconds that a check took, and its verdict, or the place in the cache of one that hosts share."""

Told = Callable[[int], Verdict]
"""Returns the verdict that hosts share, at a place in the cache."""


class AgentAnswer(TypedDict):
    """What an installed agent has said that is believed.

    Attributes:
        new: Documents that the store has not, packed as they came, in base64.
        old: The newest one that it has, where there is no new one; ``""`` for none.
        leftover: Key, number, SHA-256 and more of documents that are stored and wait there still.
        refused: Why documents are not believed, in both languages.
        current: Whether its last word is believed.
    """

    new: list[str]
    old: str
    leftover: list[list[Any]]
    refused: list[list[str]]
    current: bool


class Moments(TypedDict):
    """When a host was asked.

    Attributes:
        started: UTC.
        ended: UTC.
        seconds: How long it took.
    """

    started: str
    ended: str
    seconds: float


class HostAnswer(Moments, total=False):
    """What was heard of a host: a silence, or results, or what its agent said.

    Attributes:
        silent: Why nothing was heard, see ``messages.carried``.
        kind: Of that, see ``EndpointError.kind``.
        role: The host's.
        platform: ``linux``, ``darwin``, ``windows``.
        system: As ``Debian 13``.
        engine: What answered, the fields of ``EngineIdentity``.
        machine_id: Hashed; ``""`` where it is not known.
        broke: Why it answered no more from some check on; a message too.
        results: What became of each check, in the order of the plan; None for one that was not judged.
        agent: What its installed agent has said.
    """

    silent: Carried
    kind: str
    role: str
    platform: str
    system: str
    engine: list[Any]
    machine_id: str
    broke: Carried
    results: list[Judged | None]
    agent: AgentAnswer
