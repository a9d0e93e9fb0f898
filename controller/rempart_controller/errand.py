"""One host's audit, in a worker process: connect, ask, and say what was found as plain data.

What goes back to the parent is JSON: a worker has handled what a stranger sent, and the parent takes its word for
results, not for code.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rempart_agent.engines.database import Database
from rempart_agent.run import Circumstances, detect_role, examine_all, recognise
from rempart_controller.host import Host, Terms
from rempart_controller.plan import Plan, Planner
from rempart_controller.transports.contract import Transport, Wish
from rempart_core.check import Severity
from rempart_core.error import EndpointError
from rempart_core.result import (
    EngineIdentity,
    Evidence,
    Result,
    Run,
    State,
    TargetIdentity,
)
from rempart_core.text import Text
from rempart_core.version import VERSION

SILENT = "silent"


class Manner(NamedTuple):
    """How hosts are asked.

    Attributes:
        deadline: Seconds for one statement, and for one table on the endpoint.
        host_deadline: Seconds for one host in all.
    """

    deadline: float
    host_deadline: float


def audit_host(
    host: Host,
    terms: Terms,
    planner: Planner,
    transport: Transport,
    manner: Manner,
    database: Database,
    connected: Callable[[], None],
) -> dict[str, Any]:
    """Audit one host and return what ``read_run`` reads.

    Args:
        host: The host.
        terms: What is asked of it.
        planner: Makes plans.
        transport: The way to it.
        manner: Deadlines.
        database: A database for remote reads.
        connected: Is called once the host has let us in.
    """
    began = time.perf_counter()
    said: dict[str, Any] = {"started": utc()}
    try:
        said |= _audit(host, terms, planner, transport, manner, database, connected)
    except EndpointError as error:
        said |= {"silent": str(error), "kind": error.kind}
    return said | {"ended": utc(), "seconds": time.perf_counter() - began}


def _audit(
    host: Host,
    terms: Terms,
    planner: Planner,
    transport: Transport,
    manner: Manner,
    database: Database,
    connected: Callable[[], None],
) -> dict[str, Any]:
    wish = Wish(
        until=time.monotonic() + manner.host_deadline,
        engine=terms.engine,
        first=planner.first(terms, database),
        deadline=manner.deadline,
        database=database,
        connected=connected,
    )
    engine = transport.open(host, wish)
    try:
        platform, system = recognise(engine)
        role = terms.role or detect_role(engine, True, platform)
        plan = planner.plan(terms, role)
        identity = engine.identity()
        circumstances = Circumstances(platform, role, identity.privileged, manner.deadline)
        texts = plan.texts if platform == "linux" else None
        results = examine_all(
            plan.selected, engine, circumstances, parts=planner.content.parts, uses=planner.uses, texts=texts
        )
        greeting = getattr(engine, "greeting", None)
        return {
            "role": role,
            "platform": platform,
            "system": system,
            "engine": list(identity),
            "machine_id": greeting.machine_id if greeting else "",
            "results": [_tell(result, texts is not None) for result in results],
        }
    finally:
        engine.close()


def _tell(result: Result, planned: bool) -> list[Any]:
    """Return what a check came to; what the check says, and the statements that were planned, the parent knows."""
    return [
        result.state.value,
        result.reason.en,
        result.reason.fr,
        result.evidence,
        result.witness,
        result.incomplete,
        list(result.sql) if planned else result.sql,
        round(result.seconds, 6),
        result.failure,
    ]


def utc() -> str:
    """Return the moment, as run documents write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def read_run(host: Host, terms: Terms | None, planner: Planner, said: Mapping[str, Any]) -> Run:
    """Return the run that a worker told of.

    Args:
        host: The host.
        terms: What was asked of it; None where its variables are wrong.
        planner: The same that the worker had.
        said: What ``audit_host`` returned.

    Raises:
        EndpointError: no check is left that it could have been asked.
    """
    plain = Terms("", "", (), {}, (), "", "auto")
    if "silent" in said:
        plan = planner.fallback(terms or plain)
        results = _silent_results(plan, str(said["silent"]), str(said.get("kind", "")))
    else:
        plan = planner.plan(terms or plain, str(said["role"]))
        results = _results(plan, said["results"])
    identity = said.get("engine")
    return Run(
        target=TargetIdentity(
            name=host.name,
            kind="host",
            group=host.group,
            platform=str(said.get("platform", "")),
            system=str(said.get("system", "")),
            machine_id=str(said.get("machine_id", "")),
            criticality=terms.criticality if terms else "",
        ),
        engine=EngineIdentity(*identity) if identity else EngineIdentity("none", VERSION, "", privileged=False),
        role=plan.role,
        profile=plan.profile,
        started=str(said["started"]),
        ended=str(said["ended"]),
        results=results,
        excluded=plan.excluded,
        content=plan.content,
        version=VERSION,
        role_given=bool(terms and terms.role),
        waiver_file=", ".join(terms.waivers) if terms else "",
        seconds=float(said["seconds"]),
        notes=plan.notes,
    )


def _results(plan: Plan, told: list[Any]) -> list[Result]:
    return [
        _result(
            plan,
            number,
            State(state),
            Text(en, fr),
            evidence=Evidence(*evidence) if evidence else None,
            witness=Evidence(*witness) if witness else None,
            incomplete=incomplete,
            sql=sql if isinstance(sql, dict) else {name: plan.texts[number][name] for name in sql},
            seconds=seconds,
            failure=failure,
        )
        for number, (state, en, fr, evidence, witness, incomplete, sql, seconds, failure) in enumerate(told)
    ]


def _silent_results(plan: Plan, reason: str, kind: str) -> list[Result]:
    if kind == "settings":
        text = Text(f"the endpoint could not be asked: {reason}", f"la machine n’a pas pu être interrogée : {reason}")
    else:
        text = Text(f"the endpoint did not answer: {reason}", f"la machine n’a pas répondu : {reason}")
    return [_result(plan, n, State.NOT_CHECKED, text, failure=SILENT) for n in range(len(plan.selected))]


def _result(plan: Plan, number: int, state: State, reason: Text, **more: Any) -> Result:
    selected = plan.selected[number]
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
        remediation=check.remediation,
        controls=check.controls,
        parameters=selected.parameters,
        path=check.path,
        **more,
    )
