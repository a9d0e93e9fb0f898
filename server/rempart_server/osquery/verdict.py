"""The run of a node, from what it answered: the agent's own code judges, as it does on any other way."""

from collections.abc import Mapping
from typing import NamedTuple

from rempart_agent.audit.examine import Circumstances, cut_short, examine_each
from rempart_agent.audit.finish import NO_ENGINE, Span, finish, fit
from rempart_agent.audit.host_checks import HostChecks
from rempart_core.error import UsageError
from rempart_core.messages.say import say_both
from rempart_core.model.result import Result, Run, State, TargetIdentity
from rempart_core.text import Text, clean_line
from rempart_core.timestamps import write_moment
from rempart_server.auditor import Asked, Auditor, Script
from rempart_server.osquery.engine import AnsweredEngine
from rempart_server.osquery.extras import read_whys
from rempart_server.osquery.plan import Plan, Who, advance, identity_of
from rempart_server.osquery.rounds import asked_of
from rempart_server.shared import Judged, Shared
from rempart_store.server.audit import UNUSABLE, Audit, Stored, Subject
from rempart_store.server.node import own_machine_id

PROOF = "transport"
"""osquery's rows are not signed: its root can say anything."""
SHARED_KEY = Text("two machines use one key", "deux machines utilisent une même clé")
UNREADABLE = Text("no answer of the machine can be read", "aucune réponse de la machine n’est lisible")
NO_ANSWER = Text("the machine polled, and answered nothing", "la machine s’est annoncée, et n’a rien répondu")


def judge_node(
    auditor: Auditor, subject: Subject, audit: Audit, plan: Plan, answers: Mapping[bytes, Stored], now: int
) -> Run:
    """Return the run of a node.

    Args:
        auditor: The checks.
        subject: The node.
        audit: Its audit.
        plan: How far that came.
        answers: What was answered, by the statement's digest; what is missing is unanswered.
        now: Seconds since 1970.

    Raises:
        UsageError: The group's profile, or one of its values, is none.
    """
    span = Span(write_moment(audit.begun), write_moment(now), float(max(0, now - audit.begun)))
    asked = asked_of(subject)
    if plan.who is None or plan.shared:
        read = not any(one.status == UNUSABLE for one in answers.values())
        reason, failure = (SHARED_KEY, "shared_key") if plan.shared else (NO_ANSWER, "silent")
        if not plan.shared and not read:
            reason, failure = UNREADABLE, "engine"
        checks = auditor.script(asked, asked.role or "server", subject.platform).checks
        results = [_blank(checks, number, reason, failure) for number in range(len(checks.selected))]
        target = _target(subject, plan.who, subject.platform, "")
        return finish(target, NO_ENGINE, checks, results, span, role_given=bool(asked.role))._replace(proof=PROOF)
    progress = advance(auditor, asked, plan.who, answers, subject.platform, last=True)
    assert progress.script is not None  # noqa: S101 - nothing is put off where nothing more comes
    assert progress.circumstances is not None  # noqa: S101 - the same
    target = _target(subject, plan.who, progress.platform, progress.system)
    engine = AnsweredEngine(answers, identity_of(plan.who), subject.platform, last=True, whys=read_whys(plan.whys))
    case = Case(progress.circumstances, target, subject.platform, plan.whys, answers)
    results = judge_checks(auditor.shared, progress.script, case, engine)
    checks = progress.script.checks
    run = finish(target, engine.identity(), checks, results, span, role_given=bool(asked.role), fitted=True)
    return run._replace(proof=PROOF)


class Case(NamedTuple):
    """What a node is judged by.

    Attributes:
        circumstances: In what.
        target: Which machine; its platform and system decide which steps of a fix are told.
        platform: The node's, as it enrolled.
        whys: What texts of rows say.
        answers: By the statement's digest.
    """

    circumstances: Circumstances
    target: TargetIdentity
    platform: str
    whys: Mapping[str, str]
    answers: Mapping[bytes, Stored]


def judge_checks(shared: Shared, script: Script, case: Case, engine: AnsweredEngine) -> list[Result]:
    """Return the results of all checks; what came to the same answers on another host is not judged again.

    Args:
        shared: What was judged before.
        script: The checks.
        case: What they are judged by.
        engine: Answers the same.
    """
    checks, target, version = script.checks, case.target, engine.identity().version
    alike = (case.circumstances, target.platform, target.system, case.platform, version, tuple(case.whys.items()))
    size = len(target.system) + len(version) + sum(len(text) + len(why) for text, why in case.whys.items())
    held = shared.within(script.digests, alike, size)
    told = held.answers(case.answers)
    found = held.find(told)
    if None not in found:
        return [one for one in found if one is not None]
    judged = dict(
        examine_each(
            checks.selected,
            engine,
            case.circumstances,
            texts=checks.texts,
            columns={},
            is_known=lambda number: found[number] is not None,
        )
    )
    # what judging took here says nothing of the machine
    results = fit(target, checks, [one._replace(seconds=0.0) for one in judged.values()])
    new = [Judged(number, told[number], result) for number, result in zip(judged, results, strict=True)]
    shared.note(held, new)
    for one in new:
        found[one.number] = one.result
    return [one for one in found if one is not None]


def refuse_node(auditor: Auditor, subject: Subject, audit: Audit, error: UsageError, now: int) -> Run:
    """Return the run of a node whose group's profile, or one of its values, is none: all checks are errors.

    Nobody can say what the node is to be asked, and no verdict of before passes for today's.

    Args:
        auditor: The checks.
        subject: The node.
        audit: Its audit.
        error: What is wrong.
        now: Seconds since 1970.
    """
    span = Span(write_moment(audit.begun), write_moment(now), float(max(0, now - audit.begun)))
    every = Asked(subject.group, "all", subject.role, ())
    checks = auditor.script(every, subject.role or "server", subject.platform).checks
    reason = say_both(error.message)
    results = [_blank(checks, number, reason, "engine") for number in range(len(checks.selected))]
    target = _target(subject, None, subject.platform, "")
    run = finish(target, NO_ENGINE, checks, results, span, role_given=bool(subject.role))
    return run._replace(proof=PROOF)


def _target(subject: Subject, who: Who | None, platform: str, system: str) -> TargetIdentity:
    name = subject.name if subject.machine or who is None else who.host or subject.name
    return TargetIdentity(
        name=clean_line(name),
        kind="host",
        group=subject.group,
        platform=platform,
        system=system,
        machine_id=subject.machine or own_machine_id(subject.node),
    )


def _blank(checks: HostChecks, number: int, reason: Text, failure: str) -> Result:
    state = State.ERROR if failure == "engine" else State.NOT_CHECKED
    return cut_short(checks.selected[number], reason)._replace(state=state, reason=reason, failure=failure)
