"""The run of a host, from what its worker said of it."""

from typing import Any

from rempart_agent.audit.examine import describe_cut
from rempart_agent.audit.finish import NO_ENGINE, Span, finish
from rempart_agent.audit.host_checks import HostChecks
from rempart_agent.audit.planner import Planner
from rempart_agent.audit.settings import HostSettings
from rempart_controller.answers.host_answer import HostAnswer, Judged, Told, Verdict
from rempart_controller.inventory.host import Host
from rempart_core.messages.carried import from_data, to_data
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.say import say_both
from rempart_core.model.check import Severity
from rempart_core.model.result import EngineIdentity, Evidence, Result, Run, State, TargetIdentity, name_sentences
from rempart_core.text import Text
from rempart_core.timestamps import utc

SILENT = "silent"


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


def read_run(host: Host, settings: HostSettings | None, planner: Planner, told: Told, said: HostAnswer) -> Run:
    """Return the run that a worker told of.

    Args:
        host: The host.
        settings: What was asked of it; None where its variables are wrong.
        planner: The same that the worker had.
        told: Returns the verdict that hosts share, at a place that the worker named.
        said: What ``audit_host`` returned.

    Raises:
        EndpointError: no check is left that it could have been asked.
    """
    if "silent" in said:
        checks = planner.fallback(settings or _PLAIN)
        silent = _silence(from_data(said["silent"]), str(said.get("kind", "")))
        results = [_result(checks, number, *silent, failure=SILENT) for number in range(len(checks.selected))]
    else:
        checks = planner.select(settings or _PLAIN, str(said["role"]))
        results = _results(checks, said["results"], told, from_data(said.get("broke", "")))
    identity = said.get("engine")
    target = target_of(host, settings)._replace(
        platform=str(said.get("platform", "")),
        system=str(said.get("system", "")),
        machine_id=str(said.get("machine_id", "")),
    )
    return finish(
        target,
        EngineIdentity(*identity) if identity else NO_ENGINE,
        checks,
        results,
        Span(str(said["started"]), str(said["ended"]), float(said["seconds"])),
        role_given=bool(settings and settings.role),
        waiver_file=", ".join(settings.waivers) if settings else "",
        narrowed=planner.narrowed,
    )


def target_of(host: Host, settings: HostSettings | None) -> TargetIdentity:
    """Return how a host is called in a run, as far as the inventory knows it."""
    return TargetIdentity(
        name=host.name, kind="host", group=host.group, platform="", criticality=settings.criticality if settings else ""
    )


def silence(host: Host, settings: HostSettings, planner: Planner, reason: Text, moment: str) -> Run:
    """Return the run of a host of which nothing is known at a moment, for a reason."""
    run = read_run(
        host,
        settings,
        planner,
        _nothing,
        {"silent": to_data(as_is("")), "started": moment, "ended": moment, "seconds": 0.0},
    )
    return run._replace(results=[result._replace(reason=reason) for result in run.results])


def _nothing(_: int) -> Verdict:
    """A host that says nothing names no verdict."""
    raise KeyError


def cut_short(host: Host, settings: HostSettings | None, planner: Planner, reason: Text) -> Run:
    """Return the run of a host that was not asked, since the audit ended before."""
    moment = utc()
    run = silence(host, settings or _PLAIN, planner, describe_cut(reason), moment)
    results = [result._replace(failure="interrupted") for result in run.results]
    return run._replace(results=results, unfinished=reason)


def _results(checks: HostChecks, results: list[Judged | None], told: Told, cut: Message) -> list[Result]:
    silent = _silence(cut, "")
    found: list[Result] = []
    for number, one in enumerate(results):
        if one is None:
            found.append(_result(checks, number, *silent, failure=SILENT))
            continue
        seconds, verdict = one
        state, en, fr, evidence, witness, incomplete, sql, failure, *values = (
            told(verdict) if isinstance(verdict, int) else verdict
        )
        result = _result(
            checks,
            number,
            State(state),
            Text(en, fr),
            evidence=Evidence(*evidence) if evidence else None,
            witness=Evidence(*witness) if witness else None,
            incomplete=incomplete,
            sql=sql if isinstance(sql, dict) else {name: checks.texts[number][name] for name in sql},
            seconds=seconds,
            failure=failure,
        )
        found.append(result._replace(parameters={**result.parameters, **values[0]}) if values else result)
    return found


def _silence(reason: Message, kind: str) -> tuple[State, Text]:
    """Return state and reason of a check that a host did not answer."""
    said = Message("host.settings" if kind == "settings" else "host.silent", reason=reason)
    return State.NOT_CHECKED, say_both(said)


def _result(checks: HostChecks, number: int, state: State, reason: Text, **more: Any) -> Result:
    selected = checks.selected[number]
    check = selected.check
    severity: Severity = selected.severity
    return Result(
        check=check.id,
        revision=check.revision,
        title=check.title,
        area=check.area,
        severity=severity,
        state=state,
        reason=reason,
        rationale=check.rationale,
        not_examined=check.not_examined,
        complete=check.complete,
        remediation=check.remediation,
        controls=check.controls,
        parameters=selected.parameters,
        defaults=selected.defaults,
        path=check.path,
        sentences=name_sentences(check.sentences, more.get("evidence"), more.get("witness")),
        **more,
    )
