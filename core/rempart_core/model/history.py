"""What the store is asked and answers: plain values. Times are seconds since 1970, UTC."""

from typing import NamedTuple, TypedDict

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.text import Text

RunNumber = int

DRIFT_ORDER = ("worse", "unseen", "after_silence", "appeared", "changed", "waiver", "better", "disappeared")
"""The kinds of :class:`Change`, worst first."""


class Delivered(NamedTuple):
    """A signed document of an installed agent: the public key that signed it, its number, its SHA-256; hex.

    The number grows with each document of an endpoint.
    """

    key: str
    number: int
    digest: str


class KeptWaiver(TypedDict):
    """An :class:`rempart_core.model.result.AppliedWaiver`, as it is kept."""

    reason: str
    owner: str
    end: str
    items: list[str]
    expired: bool
    target: str


class KeptEvidence(TypedDict):
    """An :class:`rempart_core.model.result.Evidence`, as it is kept."""

    rows: list[dict[str, str]]
    failing: int
    undecided: int
    passing: int
    statement: str


class KeptChange(TypedDict):
    """What a change of the target did: its id, and an :class:`rempart_core.model.fix_outcome.Outcome`."""

    id: str
    outcome: str


class Detail(TypedDict, total=False):
    """What is kept of a result besides its state; what there is nothing to say of is not there.

    Attributes:
        reason: In English and in French.
        revision: The check's.
        failure: Why nothing could be judged; ``silent`` of an endpoint that did not answer.
        incomplete: True where not all was seen.
        waiver: The one that holds.
        expired_waivers: Those that hold no more.
        evidence: What was seen.
        change: What a change of the target did about the finding.
        witness: What the second statement saw.
        items: The items that fail, sorted.
    """

    reason: list[str]
    revision: int
    failure: str
    incomplete: bool
    waiver: KeptWaiver
    expired_waivers: list[KeptWaiver]
    evidence: KeptEvidence
    change: KeptChange
    witness: KeptEvidence
    items: list[str]


class Standing(NamedTuple):
    """One check on one endpoint for as long as it came to the same: a state interval.

    Attributes:
        host: The endpoint's name.
        group: Its group.
        check: The check's id.
        title: The check's title.
        state: What it came to.
        severity: The one in force.
        waived: Whether somebody decided to live with the finding.
        since: When it was seen first.
        until: When it was seen no more; None where it still is so.
        failing_since: When it failed first and has not been seen to be right since; None where it is right.
        detail: Reason, evidence and waiver, as of ``since``; empty where it was not asked for.
        digest: SHA-256 of the detail as it is kept, in hex; empty as ``detail``.
    """

    host: str
    group: str
    check: str
    title: Text
    state: State
    severity: Severity
    waived: bool
    since: int
    until: int | None = None
    failing_since: int | None = None
    detail: Detail = {}  # noqa: RUF012 - a default that is never written to
    digest: str = ""

    @property
    def open(self) -> bool:
        """Tell whether it is a finding that nobody decided to live with."""
        return self.state is State.FAIL and not self.waived


class LastResult(NamedTuple):
    """What one check of one endpoint came to last, as an exit status is reckoned from it.

    Attributes:
        host: The endpoint's name.
        state: What it came to.
        severity: The one in force.
        failure: Why nothing was judged; else ``""``.
        waived_until: The last day of the waiver that holds; ``""`` where there is none.
    """

    host: str
    state: State
    severity: Severity
    failure: str
    waived_until: str = ""


class HostState(NamedTuple):
    """One endpoint on one day.

    Attributes:
        name: Its name.
        group: Its group.
        platform: ``linux``, ``darwin``, ``windows`` or ``""``.
        system: Its operating system.
        role: Its role.
        profile: The profile it was audited with.
        seen: When it was asked last.
        answered: When it answered last; None where it never did.
        silent: Whether it did not answer when it was asked last.
        counts: Results by state, and ``waived``; of a silent one nothing is checked.
        open: Findings that count, by severity; of a silent one those of its last answer, where it ever gave one.
        reason: Why it is silent.
        proof: What proves that its last answers are its own; see ``Run.proof``.
    """

    name: str
    group: str
    platform: str
    system: str
    role: str
    profile: str
    seen: int
    answered: int | None
    silent: bool
    counts: dict[str, int]
    open: dict[str, int]
    reason: Text = Text("", "")
    proof: str = ""


class DayOfFleet(NamedTuple):
    """What was open at the end of a day.

    Attributes:
        at: When the last run of the day ended.
        open: Findings that count, by severity, by the last answer of each endpoint.
        hosts: Endpoints that were known.
    """

    at: int
    open: dict[str, int]
    hosts: int


class Change(NamedTuple):
    """One check of one endpoint that differs from what it was.

    Attributes:
        kind: ``worse``, ``unseen``, ``appeared``, ``changed``, ``better`` or ``disappeared``, as in
            :class:`rempart_core.model.difference.Difference`; ``waiver`` where only that moved; ``after_silence`` for
            what moved on an endpoint while it was silent.
        old: What it was; None where it was not asked.
        new: What it is; None where it is asked no more.
        appeared: Items that fail now and did not.
        gone: Items that failed and do not any more.
    """

    kind: str
    old: Standing | None
    new: Standing | None
    appeared: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def now(self) -> Standing:
        """Return what it is, or, where it is asked no more, what it was."""
        one = self.new or self.old
        assert one is not None  # noqa: S101 - a change has one of both
        return one

    @property
    def bad(self) -> bool:
        """Tell whether it got worse or can't be seen any more; of what moved during a silence, whether it fails now."""
        if self.kind == "after_silence":
            return bool(self.new and self.new.state is State.FAIL and (self.appeared or not self._failed))
        return self.kind in {"worse", "unseen"}

    @property
    def _failed(self) -> bool:
        return bool(self.old and self.old.state is State.FAIL)

    @property
    def regression(self) -> bool:
        """Tell whether a pass became a finding."""
        return bool(self.old and self.new and self.old.state is State.PASS and self.new.state is State.FAIL)


class NotCompared(NamedTuple):
    """What nobody has asked since a moment, so that nothing is known of a change.

    Attributes:
        hosts: Endpoints that were not asked since, or gave no answer.
        partly: Endpoints that were asked for some of their checks only.
        checks: Of these, the checks that were not asked, each with the number of endpoints, by id.
    """

    hosts: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    checks: tuple[tuple[str, int], ...] = ()


class Drift(NamedTuple):
    """What changed since a moment.

    Attributes:
        since: That moment.
        now: When the newest of the store was seen.
        changes: Worst first: regressions, then by kind, severity, host and check.
        new_hosts: Endpoints that were not known then.
        silent: Endpoints that did not answer when they were asked last.
        returned: Endpoints that were silent then and answered since.
        fallen_silent: Those of the silent ones that were not silent then.
        compared: Endpoints that are known of both moments, and answered since the first.
        not_compared: What was not asked since.
    """

    since: int
    now: int
    changes: tuple[Change, ...]
    new_hosts: tuple[HostState, ...]
    silent: tuple[HostState, ...]
    returned: tuple[str, ...]
    fallen_silent: tuple[str, ...]
    compared: int
    not_compared: NotCompared = NotCompared()

    @property
    def worse(self) -> bool:
        """Tell whether something got worse or can't be seen any more, or was found worse after a silence."""
        return bool(self.fallen_silent) or any(change.bad for change in self.changes)


class RunRow(NamedTuple):
    """One run of the store: one or many hosts, saved as one.

    Attributes:
        number: Counts from 1.
        started: When the first of its hosts was begun.
        ended: When the last was done.
        hosts: How many were asked.
        silent: How many did not answer.
        whole: False where only some checks of a profile were asked.
        counts: Results by state, and ``waived`` and ``open``.
    """

    number: RunNumber
    started: int
    ended: int
    hosts: int
    silent: int
    whole: bool
    counts: dict[str, int]


class Last(NamedTuple):
    """When an endpoint was asked last, and when it answered last (None: never), and the run that asked."""

    host: str
    run: RunNumber
    seen: int
    answered: int | None
    silent: bool


class Pending(NamedTuple):
    """An update that waits on an endpoint.

    Attributes:
        host: The endpoint's name.
        item: What is installed, as PAT-01 names it: ``openssl 3.0.15-1``.
        candidate: The version that was offered last.
        first_seen: When an update of this item was seen pending first.
        gone: When it was seen no more; None while it waits.
    """

    host: str
    item: str
    candidate: str
    first_seen: int
    gone: int | None = None


class History(NamedTuple):
    """What the store knows of one host, or of one check.

    Attributes:
        name: The host's name or the check's id, as the store has it.
        kind: ``host`` or ``check``.
        standings: The intervals, oldest first.
        hosts: How each host stands now: the one, or those on which the check was asked.
        pending: Updates that wait or waited on the host.
    """

    name: str
    kind: str
    standings: tuple[Standing, ...]
    hosts: tuple[HostState, ...]
    pending: tuple[Pending, ...] = ()
