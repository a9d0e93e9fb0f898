"""What the API answers, as types: they are encoded as they stand, and the description of the API is made of them."""

from typing import Annotated, Literal

import msgspec

Time = Annotated[int, msgspec.Meta(ge=0, extra_json_schema={"description": "Seconds since 1970, UTC."})]
Kind = Literal["fail", "error", "waived", "not_checked", "not_applicable", "pass"]
Proof = Literal["endpoint", "transport", ""]
Severity = Literal["critical", "high", "medium", "low", "info"]
Counts = Annotated[dict[str, int], msgspec.Meta(extra_json_schema={"description": "How many, by name."})]
Next = Annotated[
    str, msgspec.Meta(extra_json_schema={"description": "For `after`, to read on; empty on the last page."})
]


class Said(msgspec.Struct, frozen=True):
    """A text in both languages."""

    en: str
    fr: str


class Error(msgspec.Struct, frozen=True):
    """What went wrong."""

    error: str


class Host(msgspec.Struct, frozen=True):
    """A host at the moment that was asked for, as its last visit until then found it."""

    id: int
    name: str
    group: str
    platform: str
    system: str
    role: str
    profile: str
    proof: Proof
    seen: Time
    answered: Time | None
    silent: bool
    reason: Said
    counts: Counts
    open: Counts


class Hosts(msgspec.Struct, frozen=True):
    """Hosts, worst first."""

    hosts: list[Host]
    next: Next


class Row(msgspec.Struct, frozen=True):
    """Evidence of one statement: rows that fail first."""

    statement: str
    failing: int
    undecided: int
    passing: int
    rows: list[dict[str, str]]


class Waiver(msgspec.Struct, frozen=True):
    """A waiver that was applied."""

    reason: str
    owner: str
    end: str
    items: list[str]


class Result(msgspec.Struct, frozen=True):
    """What one check came to on a host."""

    check: str
    revision: int
    title: Said
    severity: Severity
    kind: Kind
    reason: Said
    failure: str
    failing_since: Time | None
    evidence: list[Row]
    waiver: Waiver | None


class HostDetail(msgspec.Struct, frozen=True):
    """A host with what each check came to."""

    host: Host
    results: list[Result]


class CheckSum(msgspec.Struct, frozen=True):
    """A check over the fleet: on how many hosts it came to what."""

    check: str
    title: Said
    severity: Severity
    kinds: Counts
    open_since: Time | None


class Checks(msgspec.Struct, frozen=True):
    """All checks over the fleet, and when they were counted."""

    checks: list[CheckSum]
    counted: Time


class CheckHost(msgspec.Struct, frozen=True):
    """A check on one host."""

    host: int
    name: str
    group: str
    proof: Proof
    kind: Kind
    severity: Severity
    since: Time
    failing_since: Time | None
    reason: Said
    waiver: Waiver | None


class CheckDetail(msgspec.Struct, frozen=True):
    """A check over the fleet, and hosts on which it came to one thing."""

    check: str
    title: Said
    severity: Severity
    kinds: Counts
    kind: Kind
    hosts: list[CheckHost]
    next: Next


class GroupSum(msgspec.Struct, frozen=True):
    """The hosts of a group together."""

    name: str
    hosts: int
    with_findings: int
    silent: int
    unjudged: int
    old: int
    newest: Time | None
    counts: Counts
    open: Counts


class Fleet(msgspec.Struct, frozen=True):
    """The fleet at the moment that was asked for."""

    at: Time
    total: GroupSum
    groups: list[GroupSum]


class Day(msgspec.Struct, frozen=True):
    """The fleet at the end of a day, by the last answer of each host."""

    day: str
    open: Counts
    hosts: int
    judged: int
    asked: int


class Trends(msgspec.Struct, frozen=True):
    """The days of a time, oldest first, and when they were counted."""

    days: list[Day]
    counted: Time


class Proposal(msgspec.Struct, frozen=True):
    """A waiver that was proposed, and what became of it."""

    id: int
    host: str
    group: str
    check: str
    items: list[str]
    reason: str
    owner: str
    end: str
    state: Literal["open", "approved", "refused", "withdrawn"]
    proposed_by: str
    proposed: Time
    decided_by: str
    decided: Time | None


class Waivers(msgspec.Struct, frozen=True):
    """Proposals, newest first."""

    proposals: list[Proposal]
    next: Next


class SecretState(msgspec.Struct, frozen=True):
    """How an enrolment secret stands; the secret itself is nowhere."""

    created: Time
    uses: int | None
    used: int
    ends: Time | None
    revoked: Time | None


class Group(msgspec.Struct, frozen=True):
    """A group and its secrets."""

    name: str
    profile: str
    role: str
    secrets: list[SecretState]


class Groups(msgspec.Struct, frozen=True):
    """The groups that may be read."""

    groups: list[Group]


class Node(msgspec.Struct, frozen=True):
    """A machine that reports by itself."""

    id: int
    name: str
    group: str
    door: str
    platform: str
    system: str
    version: str
    state: str
    clone: str
    enrolled: Time
    seen: Time
    audited: Time | None


class Nodes(msgspec.Struct, frozen=True):
    """Nodes by name."""

    nodes: list[Node]
    next: Next


class Event(msgspec.Struct, frozen=True):
    """A deed of the log."""

    number: int
    time: Time
    actor: str
    action: str
    subject: str
    details: dict[str, str]
    hash: str


class Log(msgspec.Struct, frozen=True):
    """The log, newest first."""

    events: list[Event]
    next: Next
