"""One host's audit, in a worker process: connect, ask, and say what was found as plain data.

What goes back to the parent is JSON: a worker has handled what a stranger sent, and the parent takes its word for
results, not for code.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rempart_agent.audit.examine import Circumstances, describe_cut, detect_role, examine_each, recognise
from rempart_agent.audit.host_checks import Plan, Planner, tell_time
from rempart_agent.audit.settings import Terms
from rempart_agent.engine import Engine
from rempart_agent.engines.remote.engine import Remote
from rempart_agent.engines.sql.database import Database
from rempart_controller.fleet.verdict_cache import Learned, Memo
from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import Transport, Wish
from rempart_controller.wording import translate
from rempart_core.error import EndpointError
from rempart_core.model.check import Severity
from rempart_core.model.result import EngineIdentity, Evidence, Result, Run, State, TargetIdentity
from rempart_core.model.tested_systems import note_version
from rempart_core.model.update_history import UpdateHistory
from rempart_core.text import Text, clean_line
from rempart_core.version import VERSION

SILENT = "silent"
_PLAIN = Terms("", "", (), {}, (), "", "auto")  # of a host whose variables are wrong


class Manner(NamedTuple):
    """How hosts are asked.

    Attributes:
        deadline: Seconds for one statement, and for one table on the endpoint.
        host_deadline: Seconds for one host in all.
    """

    deadline: float
    host_deadline: float


class Tools(NamedTuple):
    """What a worker uses for one host after the other.

    Attributes:
        database: A database for remote reads.
        memo: The verdicts that are known.
        histories: What earlier runs saw of hosts, by name.
    """

    database: Database
    memo: Memo
    histories: Mapping[str, UpdateHistory] = {}


def audit_host(
    host: Host,
    terms: Terms,
    planner: Planner,
    transport: Transport,
    manner: Manner,
    tools: Tools,
    connected: Callable[[], None],
) -> dict[str, Any]:
    """Audit one host and return what ``read_run`` reads.

    Args:
        host: The host.
        terms: What is asked of it.
        planner: Makes plans.
        transport: The way to it.
        manner: Deadlines.
        tools: What is used for all hosts.
        connected: Is called once the host has let us in.
    """
    began = time.perf_counter()
    said: dict[str, Any] = {"started": utc()}
    try:
        said |= _audit(host, terms, planner, transport, manner, tools, connected)
    except EndpointError as error:
        said |= {"silent": str(error), "kind": error.kind}
    return said | {"ended": utc(), "seconds": time.perf_counter() - began}


def _audit(
    host: Host,
    terms: Terms,
    planner: Planner,
    transport: Transport,
    manner: Manner,
    tools: Tools,
    connected: Callable[[], None],
) -> dict[str, Any]:
    wish = Wish(
        until=time.monotonic() + manner.host_deadline,
        engine=terms.engine,
        first=planner.first(terms, tools.database),
        deadline=manner.deadline,
        database=tools.database,
        history=tools.histories.get(clean_line(host.name)),
        connected=connected,
    )
    engine = transport.open(host, wish)
    try:
        platform, system = recognise(engine)
        role = terms.role or detect_role(engine, True, platform)
        plan, clocks = tell_time(planner.plan(terms, role), int(time.time()), planner.content.parts)
        identity = engine.identity()
        circumstances = Circumstances(platform, role, identity.privileged, manner.deadline, walk=plan.walk)
        greeting = getattr(engine, "greeting", None)
        said = {
            "role": role,
            "platform": platform,
            "system": system,
            "engine": list(identity),
            "machine_id": greeting.machine_id if greeting else "",
        }
        judging = _Judging(plan, planner, engine, circumstances, tools.memo, clocks)
        try:
            judging.run()
        except EndpointError as error:  # what it answered until then stands
            if not judging.told:
                raise
            said |= {"broke": str(error)}
        return said | {"results": judging.results()}
    finally:
        engine.close()


class _Judging:
    """The verdicts on one host, as far as it answers.

    Attributes:
        told: For each check that is judged, the seconds that it took, and its verdict or the place of it in the memo.
    """

    def __init__(
        self,
        plan: Plan,
        planner: Planner,
        engine: Engine,
        circumstances: Circumstances,
        memo: Memo,
        clocks: frozenset[int] = frozenset(),
    ) -> None:
        self.told: dict[int, tuple[float, Any]] = {}
        self._clocks = clocks  # checks that are told the time: no two hosts share their verdicts
        self._plan = plan
        self._planner = planner
        self._engine = engine
        self._circumstances = circumstances
        self._memo = memo
        self._new: dict[int, Learned] = {}
        self._last = -1
        self._linux = circumstances.platform == "linux"
        self._remote = engine if isinstance(engine, Remote) and self._linux else None

    def run(self) -> None:
        """Judge all checks.

        Raises:
            EndpointError: the host does not answer any more; what was judged until then is kept.
        """
        if self._remote:
            self._remote.hold_time()
            self._memo.begin_turn([self._key(number) for number in range(len(self._plan.selected))])
        try:
            for number, result in examine_each(
                self._plan.selected,
                self._engine,
                self._circumstances,
                parts=self._planner.content.parts,
                uses=self._planner.uses,
                texts=self._plan.texts if self._linux else None,
                columns=self._plan.columns if self._linux else None,
                is_known=self._is_known,
            ):
                self._take(number, result)
        finally:
            self._learn()
            self._memo.end_turn()

    def _key(self, number: int) -> bytes:
        return self._plan.keys[number] + (b"r" if self._circumstances.privileged else b"u")

    def _is_known(self, number: int) -> bool:
        if self._remote is None:
            return False
        if number <= self._last:  # the next round begins: others may go on with what was learned in this one
            self._learn()
            self._memo.end_turn()
        self._last = number
        if number in self._clocks:
            self._remote.watch(False)
            return False
        key = self._key(number)
        place = self._memo.recall(key, self._remote)
        if place is None:
            self._remote.watch(self._memo.takes(key))
            return False
        self.told[number] = 0.0, place
        return True

    def _take(self, number: int, result: Result) -> None:
        own = number in self._clocks
        told = _tell(result, self._linux and not own) + ([result.parameters] if own else [])
        self.told[number] = round(result.seconds, 6), told
        looks = self._remote.looks() if self._remote else None
        if self._remote and looks is not None and result.failure != "engine" and not own:
            digests = [self._remote.digest(read) for looked in looks for read in looked]
            known = [digest for digest in digests if digest is not None]
            if len(known) == len(digests):
                self._new[number] = Learned(self._key(number), looks, known, told)

    def _learn(self) -> None:
        if self._new:
            for number, place in zip(self._new, self._memo.learn(list(self._new.values())), strict=True):
                if place is not None:
                    self.told[number] = self.told[number][0], place
            self._new.clear()

    def results(self) -> list[Any]:
        """Return what became of each check, in the order of the plan; None for one that is not judged."""
        return [self.told.get(number) for number in range(len(self._plan.selected))]


def known_places(said: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the places of verdicts in the memo that a host's answer names."""
    return tuple(one[1] for one in said.get("results", ()) if one is not None and isinstance(one[1], int))


def fill_in(said: Mapping[str, Any], told: Callable[[int], Any]) -> dict[str, Any]:
    """Return a host's answer with the verdicts that it names.

    Args:
        said: What ``audit_host`` returned.
        told: Returns the verdict at a place.
    """
    results = [
        one if one is None or not isinstance(one[1], int) else [one[0], told(one[1])] for one in said.get("results", ())
    ]
    return {**said, "results": results} if "results" in said else dict(said)


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
        result.failure,
    ]


def utc() -> str:
    """Return the moment, as run documents write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def read_run(host: Host, terms: Terms | None, planner: Planner, memo: Memo, said: Mapping[str, Any]) -> Run:
    """Return the run that a worker told of.

    Args:
        host: The host.
        terms: What was asked of it; None where its variables are wrong.
        planner: The same that the worker had.
        memo: The same that the worker had.
        said: What ``audit_host`` returned.

    Raises:
        EndpointError: no check is left that it could have been asked.
    """
    if "silent" in said:
        plan = planner.fallback(terms or _PLAIN)
        silent = _silence(str(said["silent"]), str(said.get("kind", "")))
        results = [_result(plan, number, *silent, failure=SILENT) for number in range(len(plan.selected))]
    else:
        plan = planner.plan(terms or _PLAIN, str(said["role"]))
        results = _results(plan, memo, said["results"], str(said.get("broke", "")))
    identity = said.get("engine")
    return Run(
        target=target_of(host, terms)._replace(
            platform=str(said.get("platform", "")),
            system=str(said.get("system", "")),
            machine_id=str(said.get("machine_id", "")),
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
        notes=(*note_version(str(said.get("platform", "")), str(said.get("system", ""))), *plan.notes),
        narrowed=planner.narrowed,
    )


def target_of(host: Host, terms: Terms | None) -> TargetIdentity:
    """Return how a host is called in a run, as far as the inventory knows it."""
    return TargetIdentity(
        name=host.name, kind="host", group=host.group, platform="", criticality=terms.criticality if terms else ""
    )


def silence(host: Host, terms: Terms, planner: Planner, reason: Text, moment: str) -> Run:
    """Return the run of a host of which nothing is known at a moment, for a reason."""
    run = read_run(host, terms, planner, Memo(), {"silent": "", "started": moment, "ended": moment, "seconds": 0.0})
    return run._replace(results=[result._replace(reason=reason) for result in run.results])


def cut_short(host: Host, terms: Terms | None, planner: Planner, reason: Text) -> Run:
    """Return the run of a host that was not asked, since the audit ended before."""
    moment = utc()
    run = silence(host, terms or _PLAIN, planner, describe_cut(reason), moment)
    results = [result._replace(failure="interrupted") for result in run.results]
    return run._replace(results=results, unfinished=reason)


def _results(plan: Plan, memo: Memo, told: list[Any], cut: str) -> list[Result]:
    silent = _silence(cut, "")
    results = []
    for number, one in enumerate(told):
        if one is None:
            results.append(_result(plan, number, *silent, failure=SILENT))
            continue
        seconds, verdict = one
        state, en, fr, evidence, witness, incomplete, sql, failure, *values = (
            memo.told(verdict) if isinstance(verdict, int) else verdict
        )
        result = _result(
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
        results.append(result._replace(parameters={**result.parameters, **values[0]}) if values else result)
    return results


def _silence(reason: str, kind: str) -> tuple[State, Text]:
    """Return state and reason of a check that a host did not answer."""
    french = translate(reason)
    if kind == "settings":
        text = Text(f"the endpoint could not be asked: {reason}", f"la machine n’a pas pu être interrogée : {french}")
    else:
        text = Text(f"the endpoint did not answer: {reason}", f"la machine n’a pas répondu : {french}")
    return State.NOT_CHECKED, text


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
        not_examined=check.not_examined,
        complete=check.complete,
        remediation=check.remediation,
        controls=check.controls,
        parameters=selected.parameters,
        defaults=selected.defaults,
        path=check.path,
        **more,
    )
