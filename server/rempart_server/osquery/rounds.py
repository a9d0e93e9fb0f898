"""How an audit goes on in the store: what was answered, what was lost, and what is asked next of all that."""

import logging
from collections.abc import Iterable, Mapping

from rempart_core.error import StoreError, UsageError
from rempart_core.version import VERSION
from rempart_server.auditor import Asked, Auditor, digest_of
from rempart_server.cost import MOST_STATEMENTS
from rempart_server.foresight import choose
from rempart_server.osquery.extras import TEXTS
from rempart_server.osquery.plan import (
    Plan,
    Progress,
    Who,
    advance,
    first_questions,
    is_first,
    pack,
    text_of,
    unpack,
    who_question,
)
from rempart_store.connection import Connection
from rempart_store.server.audit import (
    COMPLETE,
    DENYLISTED,
    UNANSWERED,
    Audit,
    Stored,
    Subject,
    deny,
    read_answers,
    read_denied,
    write_answers,
    write_audit,
)

_logger = logging.getLogger(__name__)
MOST_TRIES = 2
"""How often a statement is sent."""
DENIED = 86_400
"""Seconds for which osquery refuses a statement at which a worker ended."""
_NOBODY = Who("", "", "", "", "", privileged=False)


class Round:
    """One audit in one transaction.

    Attributes:
        plan: How far it is.
        ended: Whether nothing more is asked.
    """

    def __init__(self, connection: Connection, auditor: Auditor, subject: Subject, audit: Audit, now: int) -> None:
        """Take an audit as the store has it.

        Args:
            connection: In a transaction that writes.
            auditor: The checks.
            subject: The node.
            audit: Its audit, open.
            now: Seconds since 1970.
        """
        self._connection = connection
        self._auditor = auditor
        self._subject = subject
        self._audit = audit
        self._now = now
        self.plan = unpack(audit.plan)
        self.ended = audit.state == COMPLETE
        self.identity = digest_of(who_question(subject.platform)).hex()

    def end(self) -> None:
        """Ask nothing more."""
        self.ended = True
        self.plan.todo, self.plan.alone, self.plan.few, self.plan.out = [], [], [], {}

    def take(self, answers: Mapping[bytes, Stored]) -> None:
        """Keep what became of statements; those that osquery refuses are not asked again for a day."""
        write_answers(self._connection, self._audit.id, answers, self._now)
        refused = {digest: one.said for digest, one in answers.items() if one.status == DENYLISTED}
        if refused:
            deny(self._connection, self._subject.node, refused, self._now + DENIED)

    def take_back(self, digests: Iterable[str], spent_as: Stored = Stored(UNANSWERED)) -> None:  # noqa: B008 - immutable
        """Ask statements again that were not answered; those that were sent often enough no more.

        Each is asked alone; but of many a few at a time before, which does not count: one of them is to blame as a
        rule, which osquery refuses from then on.

        Args:
            digests: The statements.
            spent_as: What becomes of these.
        """
        lost = [digest for digest in digests if digest != self.identity and digest not in TEXTS]
        if self.plan.foreseen and lost:
            self.begin_round()
            self.plan.todo = [digest for digest in lost if is_first(digest)]
            return
        if len(lost) > MOST_STATEMENTS:
            self.plan.todo = [*lost, *self.plan.todo]
            self.plan.few += lost
            for digest in lost:
                self.plan.tries[digest] = max(0, self.plan.tries.get(digest, 0) - 1)
            return
        spent = [digest for digest in lost if self.plan.tries.get(digest, 0) >= MOST_TRIES]
        again = [digest for digest in lost if digest not in spent]
        self.take({bytes.fromhex(digest): spent_as for digest in spent})
        self.plan.todo = [*again, *self.plan.todo]
        self.plan.alone += again

    def begin_round(self) -> None:
        """Forget what was foreseen: what is asked next follows from what is known."""
        if self.plan.foreseen:
            self.plan.foreseen = False
            self.plan.todo, self.plan.alone, self.plan.tries = [], [], {}
            self.plan.platform = self.plan.role = self.plan.content = ""

    def go_on(self) -> None:
        """Find what is asked next, where all of this round is answered; end where that is nothing."""
        if self.plan.todo or self.plan.out or self.ended:
            return
        try:
            self._plan_next()
        except StoreError:
            raise
        except UsageError:  # what the group is asked is no more: judging says so
            self.end()
        except Exception:
            _logger.exception("audit %d can't go on", self._audit.id)
            self.end()

    def _plan_next(self) -> None:
        if self.plan.who is None:  # it took a batch twice, and said nothing
            self.end()
            return
        answers = read_answers(self._connection, self._audit.id)
        denied = read_denied(self._connection, self._subject.node, self._now)
        while True:
            progress = self._advance(answers)
            digests = [digest_of(sql) for sql in progress.wanted]
            known = {digest: Stored(DENYLISTED, denied[digest]) for digest in digests if digest in denied}
            if not known:
                break
            write_answers(self._connection, self._audit.id, known, self._now)
            answers.update(known)
        self.plan.platform, self.plan.role = progress.platform, progress.role
        if progress.script is not None:
            self.plan.content = name_content(progress)
        self.plan.todo = [digest.hex() for digest in digests]
        if not digests:
            self.end()

    def _advance(self, answers: Mapping[bytes, Stored]) -> Progress:
        return advance(
            self._auditor,
            asked_of(self._subject),
            self.plan.who or _NOBODY,
            answers,
            self._subject.platform,
            last=False,
        )

    def texts(self, digests: Iterable[str]) -> dict[str, str] | None:
        """Return statements by digest; None where the checks are others now than those that were asked before."""
        plan = self.plan
        script = None
        if plan.content:
            asked = asked_of(self._subject)
            script = self._auditor.script(asked, plan.role or "server", plan.platform)
        found = {digest: text_of(digest, script) for digest in digests}
        told = {digest: sql for digest, sql in found.items() if sql is not None}
        same = script is None or plan.content == f"{VERSION} {script.checks.content}"
        return told if same and len(told) == len(found) else None

    def save(self, leased: int | None = None, sequence: int | None = None) -> Audit:
        """Write how far it is, and return that.

        Args:
            leased: Until when the batch that is out may be answered; None where none is.
            sequence: Its number; None for the last one's.
        """
        audit = self._audit._replace(
            state=COMPLETE if self.ended else self._audit.state,
            plan=pack(self.plan),
            leased=leased,
            sequence=self._audit.sequence if sequence is None else sequence,
        )
        write_audit(self._connection, audit)
        self._audit = audit
        return audit


def asked_of(subject: Subject) -> Asked:
    """Return what the machines of a node's group are asked."""
    return Asked(subject.group, subject.profile, subject.role, subject.parameters)


def name_content(progress: Progress) -> str:
    """Return what tells whether an audit that was begun is judged by the same checks still."""
    return f"{VERSION} {progress.script.checks.content}" if progress.script else ""


def first_plan(connection: Connection, auditor: Auditor, subject: Subject, now: int) -> Plan:
    """Return the plan of an audit that begins.

    Args:
        connection: Reads.
        auditor: The checks, and how the last audits went.
        subject: The node.
        now: Seconds since 1970.
    """
    asked = asked_of(subject)
    first = [digest_of(sql).hex() for sql in first_questions(asked, subject.platform)]
    seen = auditor.foresight.find(subject.node, asked.alike, subject.platform)
    if seen is None:
        return Plan(todo=first)
    denied = read_denied(connection, subject.node, now)
    more = choose(seen, first, auditor.costs, subject.platform, denied)
    return Plan(seen.content, None, seen.platform, seen.role, [*first, *more], foreseen=True)
