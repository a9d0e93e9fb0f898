"""The run of a host, from what its worker said of it."""

import functools

from rempart_agent.audit.examine import describe_cut
from rempart_agent.audit.finish import NO_ENGINE, Span, finish
from rempart_agent.audit.host_checks import HostChecks
from rempart_agent.audit.planner import Planner
from rempart_agent.audit.settings import HostSettings
from rempart_controller.answers.host_answer import HostAnswer, Judged, Told, Verdict
from rempart_controller.answers.shared_result import SharedResults
from rempart_controller.inventory.host import Host
from rempart_core.messages.carried import from_data, to_data
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.say import say_both
from rempart_core.model.check import Severity
from rempart_core.model.result import EngineIdentity, Evidence, Result, Run, State, TargetIdentity, name_sentences
from rempart_core.text import NOTHING, Text
from rempart_core.timestamps import utc

SILENT = "silent"
_STATES = {state.value: state for state in State}

_PLAIN = HostSettings("", "", (), {}, (), "", "auto")  # of a host whose variables are wrong


def known_places(said: HostAnswer) -> tuple[int, ...]:
    """Return the places of verdicts in the cache that a host's answer names."""
    return tuple(one[1] for one in said.get("results", ()) if one is not None and isinstance(one[1], int))


def fill_in(said: HostAnswer, told: Told) -> HostAnswer:
    """Return a host's answer with the verdicts that it names.

    Args:
        said: What ``audit_host`` returned.
        told: Returns the verdict at a place.
    """
    if "results" not in said:
        return said
    results: list[Judged | None] = [
        one if one is None or not isinstance(one[1], int) else (one[0], told(one[1])) for one in said["results"]
    ]
    return {**said, "results": results}


def read_run(
    host: Host, settings: HostSettings | None, planner: Planner, shared: SharedResults, said: HostAnswer
) -> Run:
    """Return the run that a worker told of.

    Args:
        host: The host.
        settings: What was asked of it; None where its variables are wrong.
        planner: The same that the worker had.
        shared: The results that hosts share.
        said: What ``audit_host`` returned.

    Raises:
        EndpointError: no check is left that it could have been asked.
    """
    target = target_of(host, settings)._replace(
        platform=str(said.get("platform", "")),
        system=str(said.get("system", "")),
        machine_id=str(said.get("machine_id", "")),
    )
    if "silent" in said:
        checks = planner.fallback(settings or _PLAIN)
        state, reason = _silence(from_data(said["silent"]), str(said.get("kind", "")))
        blanks = planner.blanks(checks, target, blank_results)
        results = [blank._replace(state=state, reason=reason, failure=SILENT, sql={}) for blank in blanks]
    else:
        checks = planner.select(settings or _PLAIN, str(said["role"]))
        blanks = planner.blanks(checks, target, blank_results)
        results = _results(checks, blanks, said["results"], shared, from_data(said.get("broke", "")))
    identity = said.get("engine")
    return finish(
        target,
        EngineIdentity(*identity) if identity else NO_ENGINE,
        checks,
        results,
        Span(str(said["started"]), str(said["ended"]), float(said["seconds"])),
        role_given=bool(settings and settings.role),
        waiver_file=", ".join(settings.waivers) if settings else "",
        narrowed=planner.narrowed,
        fitted=True,
    )


def target_of(host: Host, settings: HostSettings | None) -> TargetIdentity:
    """Return how a host is called in a run, as far as the inventory knows it.

    Args:
        host: The host.
        settings: What was asked of it; None where its variables are wrong.
    """
    return TargetIdentity(
        name=host.name, kind="host", group=host.group, platform="", criticality=settings.criticality if settings else ""
    )


def silence(host: Host, settings: HostSettings | None, planner: Planner, reason: Text, moment: str) -> Run:
    """Return the run of a host of which nothing is known at a moment, for a reason.

    Args:
        host: The host.
        settings: What was asked of it.
        planner: Knows the checks.
        reason: Why nothing is known.
        moment: UTC, as run documents write it.
    """
    run = read_run(
        host,
        settings,
        planner,
        SharedResults(_nothing),
        {"silent": to_data(as_is("")), "started": moment, "ended": moment, "seconds": 0.0},
    )
    return run._replace(results=[result._replace(reason=reason) for result in run.results])


def _nothing(_: int) -> Verdict:
    """A host that says nothing names no verdict."""
    raise KeyError


def cut_short(host: Host, settings: HostSettings | None, planner: Planner, reason: Text) -> Run:
    """Return the run of a host that was not asked, since the audit ended before.

    Args:
        host: The host.
        settings: What was asked of it; None where its variables are wrong.
        planner: Knows the checks.
        reason: Why the audit ended.
    """
    moment = utc()
    run = silence(host, settings or _PLAIN, planner, describe_cut(reason), moment)
    results = [result._replace(failure="interrupted") for result in run.results]
    return run._replace(results=results, unfinished=reason)


def _results(
    checks: HostChecks, blanks: list[Result], results: list[Judged | None], shared: SharedResults, cut: Message
) -> list[Result]:
    state, reason = _silence(cut, "")
    found: list[Result] = []
    for number, one in enumerate(results):
        blank = blanks[number]
        if one is None:
            found.append(blank._replace(state=state, reason=reason, failure=SILENT, sql={}))
            continue
        seconds, verdict = one
        judge = functools.partial(_judge, checks.selected[number].check.sentences)
        result = shared.get(blank, verdict, judge) if isinstance(verdict, int) else judge(blank, verdict)
        found.append(result._replace(seconds=seconds) if seconds else result)
    return found


def _judge(sentences: dict[str, tuple[str, str]] | None, blank: Result, verdict: Verdict) -> Result:
    """Return the result that a verdict makes of a blank one, of a check with such sentences."""
    judged, en, fr, evidence, witness, incomplete, sql, failure, *values = verdict
    seen = Evidence(*evidence) if evidence else None
    witnessed = Evidence(*witness) if witness else None
    result = blank._replace(
        state=_STATES[judged],
        reason=Text(en, fr),
        evidence=seen,
        witness=witnessed,
        incomplete=incomplete,
        sql=sql if isinstance(sql, dict) else _pick(blank.sql, sql),
        failure=failure,
        sentences=name_sentences(sentences, seen, witnessed),
    )
    if values:
        own = {name: values[0].get(name, value) for name, value in result.parameters.items()}
        result = result._replace(parameters=own)
    return result


def _pick(sql: dict[str, str], names: list[str]) -> dict[str, str]:
    """Return those of a check's statements that were sent; all of them as they are, so that hosts share them."""
    return sql if names == list(sql) else {name: sql[name] for name in names}


def _silence(reason: Message, kind: str) -> tuple[State, Text]:
    """Return state and reason of a check that a host did not answer."""
    said = Message("host.settings" if kind == "settings" else "host.silent", reason=reason)
    return State.NOT_CHECKED, say_both(said)


def blank_results(checks: HostChecks) -> list[Result]:
    """Return results that say nothing yet, with all statements of their checks."""
    found = []
    for selected, texts in zip(checks.selected, checks.texts, strict=True):
        check = selected.check
        severity: Severity = selected.severity
        found.append(
            Result(
                check=check.id,
                revision=check.revision,
                title=check.title,
                area=check.area,
                severity=severity,
                state=State.NOT_CHECKED,
                reason=NOTHING,
                rationale=check.rationale,
                not_examined=check.not_examined,
                complete=check.complete,
                remediation=check.remediation,
                controls=check.controls,
                parameters=selected.parameters,
                sql=dict(texts),
                defaults=selected.defaults,
                path=check.path,
                sentences=name_sentences(check.sentences, None, None),
            )
        )
    return found
