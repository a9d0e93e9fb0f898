"""The fleet: many hosts audited at once, each result handed out as soon as it is there."""

import json
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rempart_agent.audit import content_cache
from rempart_agent.audit.judging import compare, read_baseline, read_waiver_files, split_long, waive
from rempart_agent.audit.planner import Planner
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_agent.engines.remote.engine import open_database
from rempart_controller.agents.collect import Collected, Watch, collect_host, read_collected
from rempart_controller.agents.endpoint_spool import EndpointSpool
from rempart_controller.answers.assemble import blank_results, cut_short, known_places, read_run, silence, target_of
from rempart_controller.answers.host_answer import HostAnswer, Verdict
from rempart_controller.answers.outline import OutlineReader, OutlineWriter
from rempart_controller.answers.shared_result import SharedResults
from rempart_controller.fleet.audit_worker import Deadlines, WorkerContext, audit_host
from rempart_controller.fleet.host_reply import HostReply, read_found, tell_found
from rempart_controller.fleet.resume_fingerprint import describe_request
from rempart_controller.fleet.verdict_cache import VerdictCache
from rempart_controller.fleet.worker_pool import Bulk, Pool, T, Work
from rempart_controller.inventory.host import Host, settings_of
from rempart_controller.transports import open_transport
from rempart_controller.transports.contract import ConnectionRequest, Transport
from rempart_core.content.place import check_directories
from rempart_core.error import EndpointError, UsageError
from rempart_core.messages.carried import Carried, from_data, to_data
from rempart_core.messages.message import Message
from rempart_core.messages.say import say, say_both
from rempart_core.model.check import Check
from rempart_core.model.history import Delivered
from rempart_core.model.parameter import Value
from rempart_core.model.profile import MAX_WAIVER_DAYS
from rempart_core.model.result import Run, TargetIdentity
from rempart_core.model.update_history import UpdateHistory
from rempart_core.model.waiver import Waiver
from rempart_core.text import NOTHING, Text
from rempart_core.timestamps import utc


class Limits(NamedTuple):
    """How much is spent on a fleet.

    Attributes:
        parallel: Hosts at a time.
        host_deadline: Seconds for one host.
        run_deadline: Seconds for all; 0 for no such limit.
    """

    parallel: int = 25
    host_deadline: float = 120.0
    run_deadline: float = 0.0


def _with_walk(limits: Limits, planner: Planner, settings: Sequence[HostSettings | EndpointError]) -> Limits:
    """Return the limits with the time of a walk on top, where a host's file systems are walked."""
    longest = 0.0
    for one in settings:
        try:
            longest = max(longest, planner.walk_seconds(one) if isinstance(one, HostSettings) else 0.0)
        except EndpointError:
            continue  # the host itself will say so
    return limits._replace(host_deadline=limits.host_deadline + longest)


class HostRows(NamedTuple):
    """What a host answered to one question.

    Attributes:
        number: Its number.
        rows: By the names of columns.
        kind: Of a failure, ``silent`` where nothing was heard; ``""`` for none.
        message: What failed.
    """

    number: int
    rows: list[dict[str, str]]
    kind: str
    message: Message


class Confirmed(NamedTuple):
    """What an agent let go of.

    Attributes:
        number: Its host's number.
        gone: Numbers of the documents that do not wait there any more.
        fault: What went wrong; ``""`` for nothing.
    """

    number: int
    gone: list[int]
    fault: str = ""


class Fleet:
    """Hosts, the ways to them, and what is asked of each.

    Attributes:
        hosts: The hosts, in the order of the inventory.
        fingerprint: What is asked of them.
    """

    def __init__(
        self,
        hosts: Sequence[Host],
        request: Request,
        limits: Limits,
        histories: Mapping[str, UpdateHistory] = {},
        watch: Callable[[], Watch] | None = None,
    ) -> None:
        """Get ready: content, settings and waivers are read before anybody is asked.

        Args:
            hosts: The hosts.
            request: What the command line asks of each.
            limits: How much is spent.
            histories: What earlier runs saw of hosts, by name.
            watch: Gives what installed agents are judged by; None asks their hosts from outside as all others.

        Raises:
            UsageError: what was asked can't be done.
            ContentError: checks, profiles, parameters or waivers hold mistakes.
        """
        self.hosts = hosts
        self._request = request
        self._limits = limits
        content = content_cache.load(check_directories(request.directories))
        self._planner = Planner(content, request)
        self._settings: list[HostSettings | EndpointError] = [
            _settings(host, request, watch is not None) for host in hosts
        ]
        self.fingerprint = describe_request(request, content, hosts, self._settings)
        self._limits = _with_walk(limits, self._planner, self._settings)
        self._transports = _open_transports(hosts)
        self._cache = VerdictCache()
        self._shared = SharedResults(self._cache.told)
        self._histories = histories
        paths = {path for one in self._settings if isinstance(one, HostSettings) for path in one.waivers}
        self._baseline = read_baseline(request.baseline)
        self._waivers = read_waiver_files(paths, self._planner.checks)
        self._watch = watch() if watch and any(map(self.has_agent, range(len(hosts)))) else Watch()
        self._planner.expect_checks()  # a wrong name on the command line is no host's fault

    @property
    def waivers(self) -> list[Waiver]:
        """Return the waivers of all files that hosts name."""
        return [one for waivers in self._waivers.values() for one in waivers]

    def has_agent(self, number: int) -> bool:
        """Tell whether an installed agent audits a host, and its documents are fetched."""
        settings = self._settings[number]
        return isinstance(settings, HostSettings) and settings.agent

    def audit(self, numbers: Collection[int]) -> Generator[HostReply, None, None]:
        """Audit hosts, and yield each as it ends.

        Args:
            numbers: Which ones.
        """
        context = WorkerContext(open_database(), self._cache, self._histories)
        deadlines = Deadlines(self._request.deadline, self._limits.host_deadline)
        writer, reader = OutlineWriter(self._planner.checks), OutlineReader(self._planner.checks)

        def work(number: int, connected: Callable[[], None]) -> Bulk:
            settings = self._settings[number]
            if isinstance(settings, EndpointError):
                raise settings
            host = self.hosts[number]
            transport = self._transport(host)
            if settings.agent:
                said = collect_host(host, EndpointSpool(transport), self._watch, deadlines.host_deadline, connected)
            else:
                said = audit_host(host, settings, self._planner, transport, deadlines, context, connected)
            data = json.dumps(said, separators=(",", ":")).encode()
            told = tell_found(self._read(number, said), writer)
            return Bulk([known_places(said), told], data)

        right = []
        for number in sorted(numbers):
            settings = self._settings[number]
            if isinstance(settings, EndpointError):
                yield self._unasked(number, settings.message, "settings")
            else:
                right.append(number)
        for settings in (self._settings[number] for number in right):
            if isinstance(settings, HostSettings) and not settings.agent:
                try:
                    # What is made here the workers need not each make.
                    self._planner.first(settings, context.database)
                    self._planner.blanks(self._planner.select(settings), TargetIdentity("", "host"), blank_results)
                except EndpointError:
                    continue  # the host itself will say so
                break
        pool = self._pool(lambda place, connected: work(right[place], connected))
        for place, said, error in pool.run([self._address(number) for number in right]):
            if pool.gave_up:
                yield HostReply(right[place], b"", final=False, why=say_both(error))
            elif said is None:
                yield self._unasked(right[place], error)
            else:
                places, told = said.said
                found = read_found(told, reader)
                yield HostReply(right[place], said.data, True, tuple(places), found=found)

    def confirm(self, stored: Mapping[int, Sequence[Delivered]]) -> Iterator[Confirmed]:
        """Tell agents that documents of theirs are stored.

        Args:
            stored: Number of a host to the documents.
        """
        numbers = list(stored)

        def work(place: int, connected: Callable[[], None]) -> tuple[list[int], str]:
            host = self.hosts[numbers[place]]
            request = ConnectionRequest(until=time.monotonic() + self._limits.host_deadline, connected=connected)
            try:
                return EndpointSpool(self._transport(host)).confirm(host, stored[numbers[place]], request), ""
            except EndpointError as error:
                return [], str(error)

        for place, said, error in self._pool(work).run([self._address(number) for number in numbers]):
            yield Confirmed(numbers[place], *(said if said is not None else ([], say(error))))

    def ask(self, sql: str, max_rows: int) -> Iterator[HostRows]:
        """Ask all hosts one question, and yield each answer.

        Args:
            sql: One or more statements.
            max_rows: Above so many of one host it fails.
        """
        database = open_database()

        def work(number: int, connected: Callable[[], None]) -> tuple[list[dict[str, str]], str, Carried | str]:
            host = self.hosts[number]
            settings = self._settings[number]
            try:
                if isinstance(settings, EndpointError):
                    raise settings
                request = ConnectionRequest(
                    until=time.monotonic() + self._limits.host_deadline,
                    engine=settings.engine,
                    deadline=self._request.deadline,
                    redact=False,
                    database=database,
                    connected=connected,
                )
                engine: Any = self._transport(host).open(host, request)
                try:
                    rows, failure = engine.records(sql, self._request.deadline, max_rows)
                finally:
                    engine.close()
            except EndpointError as error:
                return [], "silent", to_data(error.message)
            if failure is None:
                return rows, "", ""
            return rows, failure.kind, to_data(failure.said or Message("text.theirs", text=failure.message))

        for number, said, error in self._pool(work).run([self._address(n) for n in range(len(self.hosts))]):
            rows, kind, told = said if said is not None else ([], "silent", "")
            yield HostRows(number, rows, kind, error if said is None else from_data(told))

    def _pool(self, work: Work[T]) -> Pool[T]:
        limits = self._limits
        return Pool(work, limits.parallel, limits.host_deadline, limits.run_deadline)

    def _transport(self, host: Host) -> Transport:
        transport = self._transports[host.connection]
        if isinstance(transport, EndpointError):
            raise transport
        return transport

    def _address(self, number: int) -> str:
        host = self.hosts[number]
        transport = self._transports[host.connection]
        return host.name if isinstance(transport, EndpointError) else transport.address(host)

    def _unasked(self, number: int, reason: Message, kind: str = "") -> HostReply:
        """Return what is told of a host that nobody could ask."""
        said: HostAnswer = {"silent": to_data(reason), "kind": kind, "started": utc(), "ended": utc(), "seconds": 0.0}
        return HostReply(number, json.dumps(said).encode(), found=self._read(number, said))

    def told(self, place: int) -> Verdict:
        """Return the verdict that hosts share, at a place of ``HostReply.places``."""
        return self._cache.told(place)

    def run_of(self, number: int, said: bytes) -> Run:
        """Return the run of the host ``number`` from what ``audit`` yielded of it (``said``), its waivers applied."""
        return self.collected(number, said).run

    def collected(self, number: int, said: bytes) -> Collected:
        """Return all that ``audit`` yielded of the host ``number`` (``said``): of an agent earlier runs too."""
        return self._read(number, json.loads(said))

    def _read(self, number: int, told: HostAnswer) -> Collected:
        host, settings = self.hosts[number], self._settings[number]
        known = settings if isinstance(settings, HostSettings) else None
        if known is None or "agent" not in told:
            run = self._judge(number, read_run(host, known, self._planner, self._shared, told))
            return Collected(run, (run,), (), NOTHING)
        narrow = bool(self._request.globs)
        found = read_collected(host, known, self._planner, self._watch, told, narrow=narrow)
        if narrow:  # half of a document is no document
            found = found._replace(history=(), stored=())
        history = tuple(self._judge(number, run) for run in found.history)
        return found._replace(run=self._judge(number, found.run), history=history)

    def cut_short(self, number: int, reason: Text) -> Run:
        """Return the run of the host ``number``, which was not asked since the audit ended before, for a ``reason``."""
        settings = self._settings[number]
        known = settings if isinstance(settings, HostSettings) else None
        return cut_short(self.hosts[number], known, self._planner, reason)

    def silence(self, number: int, reason: Text) -> Run:
        """Return the run of the host ``number``, of which nothing is known, for a ``reason``."""
        settings = self._settings[number]
        known = settings if isinstance(settings, HostSettings) else None
        return silence(self.hosts[number], known, self._planner, reason, utc())

    def target(self, number: int) -> TargetIdentity:
        """Return how a host is called, as far as the inventory knows it."""
        return target_of(self.hosts[number], None)

    @property
    def checks(self) -> Mapping[str, Check]:
        """Return all checks, by id."""
        return self._planner.checks

    def values_of(self, number: int, run: Run, checks: Iterable[str]) -> dict[str, dict[str, Value]]:
        """Return the values in force of checks on a host, asked or not; none of a host whose settings make no sense.

        Args:
            number: The host's number.
            run: Its run, which names the profile that it was judged by.
            checks: Ids; one that is not known is left out.
        """
        settings = self._settings[number]
        if isinstance(settings, EndpointError):
            return {}
        known = self._planner.checks
        try:
            return {one: self._planner.values_of(settings, run.profile, one) for one in checks if one in known}
        except UsageError:  # its own run says so
            return {}

    def _judge(self, number: int, run: Run) -> Run:
        host, settings = self.hosts[number], self._settings[number]
        known = settings if isinstance(settings, HostSettings) else None
        waivers = [one for path in (known.waivers if known else ()) for one in self._waivers[path]]
        profiles = self._planner.content.profiles  # by now only it is known which one judges
        most = next((one.max_waiver_days for one in profiles if one.name == run.profile), MAX_WAIVER_DAYS)
        short, long = split_long(waivers, most)
        refused = []
        for one, _ in long:
            place = f"{one.file}:{one.line}"
            told = Message("host.waiver_long", check=one.check, days=str(most), place=place)
            refused.append(say_both(told))
        run = waive(run, (host.group, *host.groups, "all"), short, refused)
        if self._baseline and host.name not in self._baseline:
            return run._replace(notes=(*run.notes, say_both(Message("host.no_baseline"))))
        return compare(run, self._baseline.get(host.name))


def _settings(host: Host, request: Request, agents: bool) -> "HostSettings | EndpointError":
    try:
        settings = settings_of(host, request)
        return settings if agents else settings._replace(agent=False)
    except EndpointError as error:
        return error


def _open_transports(hosts: Sequence[Host]) -> Mapping[str, "Transport | EndpointError"]:
    found: dict[str, Transport | EndpointError] = {}
    for host in hosts:
        if host.connection not in found:
            try:
                found[host.connection] = open_transport(host.connection)
            except EndpointError as error:
                found[host.connection] = error
    return found
