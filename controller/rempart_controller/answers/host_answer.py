"""What a worker says of one host: plain data, since it goes through a pipe and a journal as JSON.

A worker has handled what a stranger sent: the parent takes its word for results, not for code. What is a tuple here is
a list once it came through the pipe.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypedDict

from rempart_core.json_value import Json
from rempart_core.messages.carried import Carried
from rempart_core.model.parameter import Value

Seen: TypeAlias = tuple[list[dict[str, str]], int, int, int, str, Mapping[str, Json]]
"""The fields of an :class:`rempart_core.model.result.Evidence`."""

Verdict: TypeAlias = tuple[
    str,
    str,
    str,
    Seen | None,
    Seen | None,
    bool,
    dict[str, str] | list[str],
    str,
    *tuple[Mapping[str, Value], ...],
]
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
        leftover: Key, number and SHA-256 of documents that are stored and wait there still, see ``Delivered``.
        refused: Why documents are not believed, in both languages.
        current: Whether its last word is believed.
    """

    new: list[str]
    old: str
    leftover: list[tuple[str, int, str]]
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
    engine: tuple[str, str, str, bool]
    machine_id: str
    broke: Carried
    results: list[Judged | None]
    agent: AgentAnswer
