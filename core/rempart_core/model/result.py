"""What an audit found: states, evidence, results, and the run that holds them."""

from enum import Enum
from typing import NamedTuple

from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.parameter import Value
from rempart_core.model.sentence import Wording, list_used
from rempart_core.text import NOTHING, Text

FAILING_KEPT = 50
PASSING_KEPT = 5


class State(Enum):
    """What one check came to on one target: five, closed."""

    PASS = "pass"  # noqa: S105 - a state, no password
    FAIL = "fail"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class Failure(NamedTuple):
    """Why a statement gave no rows to judge.

    Attributes:
        kind: One of the keys of :data:`FAILURES`.
        message: The engine's words, in English, untrusted.
        said: The same as a message, where it is one of ours: it is known in every language.
    """

    kind: str
    message: str
    said: Message | None = None

    @classmethod
    def of(cls, kind: str, message: Message | str) -> "Failure":
        """Return one of a message, or of an engine's own words.

        Args:
            kind: One of the keys of :data:`FAILURES`.
            message: What went wrong.
        """
        return cls(kind, message) if isinstance(message, str) else cls(kind, str(message), message)


FAILURES = {
    "sql": "the statement is wrong, or failed while it ran",
    "no_table": "the engine has no such table",
    "no_column": "the table has no such column",
    "constraint": "a required column is not constrained",
    "missing": "the source does not exist",
    "denied": "the source may not be read",
    "unfit": "the source is no regular one",
    "malformed": "the source can't be understood",
    "implausible": "the source contradicts itself",
    "not_kept": "nobody keeps it",
    "source": "the source could not be read",
    "not_run": "programs decide it, and an audit runs none",
    "not_observable": "the target can't offer it, by its nature",
    "timeout": "the deadline was reached",
    "limit": "more rows or bytes than the limit",
    "engine": "the engine failed",
    "unanswered": "the machine gave no answer to it",
    "denylisted": "osquery refuses the statement, at which its worker ended before",
}

UNJUDGED = {
    "privilege": "the run lacked the privileges",
    "silent": "the endpoint did not answer",
    "interrupted": "the audit ended before it was asked",
    "no_system": "no operating system was recognised",
    "probe": "the source could not be read",
    "empty": "nothing was examined",
    "undecided": "rows could not be decided",
    "part": "seen only in part",
    "disagree": "the sources disagree",
    "not_walked": "the file systems were not walked",
    "shared_key": "two machines use one key",
}
"""Why a result is no verdict although no statement failed: with :data:`FAILURES`, what ``Result.failure`` may be."""


class Answer(NamedTuple):
    """What an engine answered to one statement: rows of text values, or a failure.

    Attributes:
        columns: The columns' names in the order of the statement.
        rows: One tuple of values a row. All are text, as osquery's are.
        failure: None where the statement was answered whole.
        seconds: Wall time.
        whys: Texts that tables handed out in this run and that are sentences of ours, each with what it says; see
            :func:`rempart_core.messages.readers.message_of_said`. Untrusted, and perhaps more than stand in the rows.
    """

    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []  # noqa: RUF012 - a default that is never written to
    failure: Failure | None = None
    seconds: float = 0.0
    whys: JsonObject = {}  # noqa: RUF012 - a default that is never written to


class Evidence(NamedTuple):
    """The rows that led to a state: every failing row up to 50, up to 5 passing ones, and the true counts.

    Attributes:
        rows: Column name to text; ``ok`` is ``"1"``, ``"0"`` or ``""`` (could not be decided). Failing rows first, then
            undecided, then passing ones.
        failing: How many rows failed.
        undecided: How many could not be decided.
        passing: How many passed.
        statement: Which statement saw it: ``query``, ``cross_check`` or ``fallback``.
        whys: Of the rows' texts those that are sentences of ours; see :class:`Answer`.
    """

    rows: list[dict[str, str]]
    failing: int
    undecided: int
    passing: int
    statement: str = "query"
    whys: JsonObject = {}  # noqa: RUF012 - a default that is never written to

    @property
    def total(self) -> int:
        """Return how many rows were judged."""
        return self.failing + self.undecided + self.passing


class AppliedWaiver(NamedTuple):
    """A waiver as it stands in a result.

    Attributes:
        reason: Why the finding is lived with.
        owner: Who decided.
        end: Last day on which it holds, ``YYYY-MM-DD``, with its zone: ``2026-12-31 Europe/Paris``.
        items: The items it accepts; empty where it accepts all.
        expired: True where it has no effect any more and is only reported.
        target: The target or group pattern that it was written for.
        ticket: Where the decision is filed; ``""`` where that is not said.
    """

    reason: str
    owner: str
    end: str
    items: tuple[str, ...] = ()
    expired: bool = False
    target: str = "*"
    ticket: str = ""


class AppliedChange(NamedTuple):
    """What a change of the target did about a finding.

    Attributes:
        id: The change's id.
        outcome: ``fixed``, ``still_failing``, ``regressed``, ``not_applied``, ``rolled_back`` or ``lost``.
        reason: Why it is not fixed; ``""`` where it is. What the endpoint says stands in it as it is.
        before: What was seen before it: ``item: observed`` of the first failing things.
    """

    id: str
    outcome: str
    reason: Text = NOTHING
    before: tuple[str, ...] = ()


class Result(NamedTuple):
    """What one check found on one target in one run.

    Attributes:
        check: The check's id.
        revision: The check's revision.
        title: The check's title.
        area: The folder of the check: ``firewall``.
        severity: The one in force, which a profile may have changed.
        state: One of five.
        reason: One line that says why; never empty for anything but a plain pass or fail, and for these a summary.
        evidence: What was seen by the query (or the fallback); None where nothing was.
        witness: What the second witness saw; None where there is none.
        incomplete: True for a failure beside rows that could not be decided.
        waiver: The waiver in force; None where there is none. The state stays ``fail``.
        expired_waivers: Waivers that no longer have an effect.
        parameters: Values in force.
        sql: The statements as they were sent, by the name of their key.
        seconds: Wall time spent on it.
        rationale: The check's.
        remediation: The check's.
        controls: The check's.
        path: The check's file.
        known: True where a baseline holds the same finding already: it does not count.
        failure: A key of :data:`FAILURES` or :data:`UNJUDGED` behind an error or not_checked, else ``""``.
        change: What a change did about it just before this run; None where none did.
        not_examined: The check's: what a reader could take for covered and is not.
        complete: The check's: why there is no such thing.
        defaults: The check's own values of those parameters that have another one in force, by name.
        sentences: Those of the check that its evidence names, by id, in English and in French; empty where what was
            seen is data alone, None where it is told in the English of the check.
    """

    check: str
    revision: int
    title: Text
    area: str
    severity: Severity
    state: State
    reason: Text
    rationale: Text
    remediation: Remediation
    controls: dict[str, tuple[str, ...]]
    evidence: Evidence | None = None
    witness: Evidence | None = None
    incomplete: bool = False
    waiver: AppliedWaiver | None = None
    expired_waivers: tuple[AppliedWaiver, ...] = ()
    parameters: dict[str, Value] = {}  # noqa: RUF012 - a default that is never written to
    sql: dict[str, str] = {}  # noqa: RUF012 - the same
    seconds: float = 0.0
    path: str = ""
    known: bool = False
    failure: str = ""
    change: AppliedChange | None = None
    not_examined: tuple[Text, ...] = ()
    complete: Text = NOTHING
    defaults: dict[str, Value] = {}  # noqa: RUF012 - a default that is never written to
    sentences: dict[str, tuple[str, str]] | None = None

    @property
    def wording(self) -> Wording:
        """Return what its rows are put into words with."""
        whys = {**(self.evidence.whys if self.evidence else {}), **(self.witness.whys if self.witness else {})}
        return Wording(self.sentences or {}, self.parameters, whys)

    @property
    def waived(self) -> bool:
        """Tell whether this is a finding that somebody decided to live with."""
        return self.waiver is not None

    @property
    def open(self) -> bool:
        """Tell whether this is a finding that counts: failed, not waived, not known from the baseline."""
        return self.state is State.FAIL and self.waiver is None and not self.known


class TargetIdentity(NamedTuple):
    """What was looked at.

    Attributes:
        name: Host name, the directory of a root filesystem, the files of an image, or the name of an organisation.
        kind: ``machine``, ``host``, ``root``, ``image`` or ``organisation``.
        group: The group it belongs to; ``local`` for an audit of one.
        platform: ``linux``, ``darwin``, ``windows`` or ``organisation``; ``""`` where it could not be told.
        system: ``Debian GNU/Linux 13 (trixie)``; ``""`` where no operating system was recognised.
        machine_id: ``/etc/machine-id``, hashed for this use; ``""`` where there is none.
        criticality: How much depends on it, as the inventory says: ``low`` to ``critical``; ``""`` where it does not.
    """

    name: str
    kind: str = "machine"
    group: str = "local"
    platform: str = "linux"
    system: str = ""
    machine_id: str = ""
    criticality: str = ""


class ContainerIdentity(NamedTuple):
    """The one image of a container's archive or layout that was looked at.

    Attributes:
        manifest: The digest of its manifest, ``sha256:…``; ``""`` in an archive of Docker, which has none.
        config: The digest of its configuration.
        only: Whether the archive holds nothing else.
        platform: What it runs on, ``linux/amd64``.
    """

    manifest: str
    config: str
    only: bool
    platform: str = ""


class EngineIdentity(NamedTuple):
    """What answered: engine, its version, and as whom.

    Attributes:
        name: The engine.
        version: Its version.
        user: As whom it ran.
        privileged: Whether it could read what only root may.
        sandbox: In what it parsed an image: ``limits, landlock 4, seccomp``; ``""`` where it parsed none.
    """

    name: str
    version: str
    user: str
    privileged: bool
    sandbox: str = ""

    def fields(self) -> dict[str, str | bool]:
        """Return what a document says of it; in what it parsed an image stands only where it did."""
        found = self._asdict()
        return found if self.sandbox else {name: value for name, value in found.items() if name != "sandbox"}


class Exclusion(NamedTuple):
    """A check that the profile leaves out, and why."""

    check: str
    reason: Text


class Run(NamedTuple):
    """One pass of a profile over one target: what a run document holds.

    Attributes:
        target: What was looked at.
        engine: What answered.
        role: The role in force: ``workstation``, ``server``, ``image``, ``organisation``.
        role_given: False where it was detected.
        profile: The profile's name.
        started: UTC, ``2026-11-25T13:00:00Z``.
        ended: UTC.
        results: One for each selected check, in the order of their ids.
        excluded: Checks that the profile leaves out.
        content: Digest (BLAKE2b, 32 bytes) of the content that was judged with, in hex.
        version: Rempart's version.
        waiver_file: Where waivers came from, or ``""``.
        baseline: Started-time and target of the baseline, or ``""``.
        seconds: Wall time of the run.
        narrowed: Globs of checks that narrowed the profile (``--checks``); empty where all of it was asked.
        notes: What a reader has to know of it.
        unfinished: Why the audit ended before all was asked; ``NOTHING`` where it did not.
        container: Which image of a container was looked at; None where none was.
        document: SHA-256, in hex, of the signed document in which an installed agent delivered it; ``""`` else. No run
            document says it.
        proof: ``endpoint``: signed on the machine; ``transport``: by what came over a channel that admits the machine,
            from an osquery whose answers are not signed; ``""``: somebody asked it.
    """

    target: TargetIdentity
    engine: EngineIdentity
    role: str
    profile: str
    started: str
    ended: str
    results: list[Result]
    excluded: tuple[Exclusion, ...] = ()
    content: str = ""
    version: str = ""
    role_given: bool = False
    waiver_file: str = ""
    baseline: str = ""
    seconds: float = 0.0
    notes: tuple[Text, ...] = ()
    narrowed: tuple[str, ...] = ()
    unfinished: Text = NOTHING
    container: ContainerIdentity | None = None
    document: str = ""
    proof: str = ""


PROOFS = ("", "endpoint", "transport")
"""What ``Run.proof`` may be."""


def name_sentences(
    sentences: dict[str, tuple[str, str]] | None, evidence: Evidence | None, witness: Evidence | None
) -> dict[str, tuple[str, str]] | None:
    """Return those sentences of a check that what was seen names; see :attr:`Result.sentences`.

    Args:
        sentences: English and French by id; None of a check that has none.
        evidence: What its statement saw; None for nothing.
        witness: What the second one saw; None for nothing.
    """
    if not sentences:
        return sentences
    return list_used(sentences, [row for one in (evidence, witness) if one is not None for row in one.rows])


def count(results: list[Result]) -> dict[str, int]:
    """Return how many results there are of each state, and of them ``waived`` and ``open``."""
    counts = {state.value: 0 for state in State}
    counts["waived"] = counts["open"] = 0
    for result in results:
        counts[result.state.value] += 1
        counts["waived"] += result.waived
        counts["open"] += result.open
    return counts
