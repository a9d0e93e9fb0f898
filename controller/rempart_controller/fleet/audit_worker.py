"""One host's audit, in a worker process: connect, ask, and say what was found as plain data.

What goes back to the parent is JSON: a worker has handled what a stranger sent, and the parent takes its word for
results, not for code.
"""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from rempart_agent.audit.examine import Circumstances, examine_each
from rempart_agent.audit.host_checks import HostChecks
from rempart_agent.audit.planner import Planner, tell_time
from rempart_agent.audit.recognise import detect_role, recognise
from rempart_agent.audit.settings import HostSettings
from rempart_agent.engine import Engine
from rempart_agent.engines.remote.engine import Remote
from rempart_agent.engines.sql.database import Database
from rempart_controller.answers.host_answer import HostAnswer, Judged, Verdict
from rempart_controller.fleet.verdict_cache import Learned, VerdictCache
from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import ConnectionRequest, Transport
from rempart_core.error import EndpointError
from rempart_core.messages.carried import to_data
from rempart_core.model.result import Result
from rempart_core.model.update_history import UpdateHistory
from rempart_core.text import clean_line
from rempart_core.timestamps import utc


class Deadlines(NamedTuple):
    """How hosts are asked.

    Attributes:
        deadline: Seconds for one statement, and for one table on the endpoint.
        host_deadline: Seconds for one host in all.
    """

    deadline: float
    host_deadline: float


class WorkerContext(NamedTuple):
    """What a worker uses for one host after the other.

    Attributes:
        database: A database for remote reads.
        cache: The verdicts that are known.
        histories: What earlier runs saw of hosts, by name.
    """

    database: Database
    cache: VerdictCache
    histories: Mapping[str, UpdateHistory] = {}


def audit_host(
    host: Host,
    settings: HostSettings,
    planner: Planner,
    transport: Transport,
    deadlines: Deadlines,
    context: WorkerContext,
    connected: Callable[[], None],
) -> HostAnswer:
    """Audit one host and return what ``read_run`` reads.

    Args:
        host: The host.
        settings: What is asked of it.
        planner: Makes plans.
        transport: The way to it.
        deadlines: Deadlines.
        context: What is used for all hosts.
        connected: Is called once the host has let us in.
    """
    began = time.perf_counter()
    said: HostAnswer = {"started": utc(), "ended": "", "seconds": 0.0}
    try:
        _audit(said, host, settings, planner, transport, deadlines, context, connected)
    except EndpointError as error:
        said["silent"], said["kind"] = to_data(error.message), error.kind
    said["ended"], said["seconds"] = utc(), time.perf_counter() - began
    return said


def _audit(
    said: HostAnswer,
    host: Host,
    settings: HostSettings,
    planner: Planner,
    transport: Transport,
    deadlines: Deadlines,
    context: WorkerContext,
    connected: Callable[[], None],
) -> None:
    """Write down what a host says, as soon as it does not fall silent."""
    request = ConnectionRequest(
        until=time.monotonic() + deadlines.host_deadline,
        engine=settings.engine,
        first=planner.first(settings, context.database),
        deadline=deadlines.deadline,
        database=context.database,
        history=context.histories.get(clean_line(host.name)),
        connected=connected,
    )
    engine = transport.open(host, request)
    try:
        platform, system = recognise(engine)
        role = settings.role or detect_role(engine, True, platform)
        checks, clocks = tell_time(planner.select(settings, role), int(time.time()), planner.content.parts)
        identity = engine.identity()
        circumstances = Circumstances(platform, role, identity.privileged, deadlines.deadline, walk=checks.walk)
        greeting = getattr(engine, "greeting", None)
        judging = _Judging(checks, planner, engine, circumstances, context.cache, clocks)
        try:
            judging.run()
        except EndpointError as error:  # what it answered until then stands
            if not judging.told:
                raise
            said["broke"] = to_data(error.message)
        said["role"], said["platform"], said["system"] = role, platform, system
        said["engine"] = identity[:4]  # no image is a host of a fleet
        said["machine_id"] = greeting.machine_id if greeting else ""
        said["results"] = judging.results()
    finally:
        engine.close()


class _Judging:
    """The verdicts on one host, as far as it answers.

    Attributes:
        told: For each check that is judged, the seconds that it took, and its verdict or the place of it in the cache.
    """

    def __init__(
        self,
        checks: HostChecks,
        planner: Planner,
        engine: Engine,
        circumstances: Circumstances,
        cache: VerdictCache,
        clocks: frozenset[int] = frozenset(),
    ) -> None:
        self.told: dict[int, Judged] = {}
        self._clocks = clocks  # checks that are told the time: no two hosts share their verdicts
        self._checks = checks
        self._planner = planner
        self._engine = engine
        self._circumstances = circumstances
        self._cache = cache
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
            self._cache.begin_turn([self._key(number) for number in range(len(self._checks.selected))])
        try:
            for number, result in examine_each(
                self._checks.selected,
                self._engine,
                self._circumstances,
                parts=self._planner.content.parts,
                uses=self._planner.content.uses,
                texts=self._checks.texts if self._linux else None,
                columns=self._checks.columns if self._linux else None,
                is_known=self._is_known,
            ):
                self._take(number, result)
        finally:
            self._learn()
            self._cache.end_turn()

    def _key(self, number: int) -> bytes:
        return self._checks.keys[number] + (b"r" if self._circumstances.privileged else b"u")

    def _is_known(self, number: int) -> bool:
        if self._remote is None:
            return False
        if number <= self._last:  # the next round begins: others may go on with what was learned in this one
            self._learn()
            self._cache.end_turn()
        self._last = number
        if number in self._clocks:
            self._remote.watch(False)
            return False
        key = self._key(number)
        place = self._cache.recall(key, self._remote)
        if place is None:
            self._remote.watch(self._cache.takes(key))
            return False
        self.told[number] = 0.0, place
        return True

    def _take(self, number: int, result: Result) -> None:
        own = number in self._clocks
        told = (*_tell(result, self._linux and not own), *((result.parameters,) if own else ()))
        self.told[number] = round(result.seconds, 6), told
        looks = self._remote.looks() if self._remote else None
        if self._remote and looks is not None and result.failure != "engine" and not own:
            digests = [self._remote.digest(read) for looked in looks for read in looked]
            known = [digest for digest in digests if digest is not None]
            if len(known) == len(digests):
                self._new[number] = Learned(self._key(number), looks, known, told)

    def _learn(self) -> None:
        if self._new:
            for number, place in zip(self._new, self._cache.learn(list(self._new.values())), strict=True):
                if place is not None:
                    self.told[number] = self.told[number][0], place
            self._new.clear()

    def results(self) -> list[Judged | None]:
        """Return what became of each check, in the order of the plan; None for one that is not judged."""
        return [self.told.get(number) for number in range(len(self._checks.selected))]


def _tell(result: Result, planned: bool) -> Verdict:
    """Return what a check came to; what the check says, and the statements that were planned, the parent knows."""
    return (
        result.state.value,
        result.reason.en,
        result.reason.fr,
        result.evidence,
        result.witness,
        result.incomplete,
        list(result.sql) if planned else result.sql,
        result.failure,
    )
