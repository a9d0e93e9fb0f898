"""The fleet: many hosts audited at once, each result handed out as soon as it is there."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rempart_agent import cache
from rempart_agent.audit import Request, check_directories
from rempart_agent.engines.remote import open_database
from rempart_controller.errand import Manner, Tools, audit_host, read_run, utc
from rempart_controller.host import Host, Terms, terms_of
from rempart_controller.memo import Memo
from rempart_controller.plan import Planner
from rempart_controller.pool import Pool
from rempart_controller.transports import open_transport
from rempart_controller.transports.contract import Transport, Wish
from rempart_core import waiver
from rempart_core.error import EndpointError
from rempart_core.result import Run
from rempart_core.waiver import Waiver


class Effort(NamedTuple):
    """How much is spent on a fleet.

    Attributes:
        parallel: Hosts at a time.
        host_deadline: Seconds for one host.
        run_deadline: Seconds for all; 0 for no such limit.
    """

    parallel: int = 25
    host_deadline: float = 120.0
    run_deadline: float = 0.0


class Fleet:
    """Hosts, the ways to them, and what is asked of each.

    Attributes:
        hosts: The hosts, in the order of the inventory.
    """

    def __init__(self, hosts: Sequence[Host], request: Request, effort: Effort) -> None:
        """Get ready: content, settings and waivers are read before anybody is asked.

        Args:
            hosts: The hosts.
            request: What the command line asks of each.
            effort: How much is spent.

        Raises:
            UsageError: what was asked can't be done.
            ContentError: checks, profiles, parameters or waivers hold mistakes.
        """
        self.hosts = hosts
        self._request = request
        self._effort = effort
        self._planner = Planner(cache.load(check_directories(request.directories)), request)
        self._terms: list[Terms | EndpointError] = [_terms(host, request) for host in hosts]
        self._transports = _open_transports(hosts)
        self._memo = Memo()
        self._waivers: dict[str, list[Waiver]] = {}
        self._read_waivers()
        self._planner.expect_checks()  # a wrong name on the command line is no host's fault

    def _read_waivers(self) -> None:
        paths = {path for terms in self._terms if isinstance(terms, Terms) for path in terms.waivers}
        if paths:
            from rempart_core.waiverfile import read_waivers

            ids = {check.id for check in self._planner.content.checks}
            self._waivers = {path: read_waivers(path, ids) for path in sorted(paths)}

    def audit(self) -> Iterator[tuple[int, str]]:
        """Audit all hosts, and yield each as it ends: its number, and what ``run_of`` reads."""
        tools = Tools(open_database(), self._memo)
        manner = Manner(self._request.deadline, self._effort.host_deadline)

        def work(number: int, connected: Callable[[], None]) -> dict[str, Any]:
            terms = self._terms[number]
            if isinstance(terms, EndpointError):
                raise terms
            host = self.hosts[number]
            transport = self._transport(host)
            return audit_host(host, terms, self._planner, transport, manner, tools, connected)

        wrong = [number for number, terms in enumerate(self._terms) if isinstance(terms, EndpointError)]
        for number in wrong:
            yield number, _unasked(str(self._terms[number]), "settings")
        right = [number for number in range(len(self.hosts)) if number not in set(wrong)]
        for terms in self._terms:
            if isinstance(terms, Terms):
                try:
                    self._planner.first(terms, tools.database)  # made here, the workers need not each make it
                except EndpointError:
                    continue  # the host itself will say so
                break
        for place, said, error in self._pool(lambda place, connected: work(right[place], connected)).run(
            [self._address(number) for number in right]
        ):
            yield right[place], json.dumps(said) if said is not None else _unasked(error)

    def ask(self, sql: str, max_rows: int) -> Iterator[tuple[int, list[dict[str, str]], str, str]]:
        """Ask all hosts one question, and yield each answer: number of the host, rows, kind of failure, message."""
        database = open_database()

        def work(number: int, connected: Callable[[], None]) -> Any:
            host = self.hosts[number]
            terms = self._terms[number]
            try:
                if isinstance(terms, EndpointError):
                    raise terms
                wish = Wish(
                    until=time.monotonic() + self._effort.host_deadline,
                    engine=terms.engine,
                    deadline=self._request.deadline,
                    redact=False,
                    database=database,
                    connected=connected,
                )
                engine: Any = self._transport(host).open(host, wish)
                try:
                    rows, failure = engine.records(sql, self._request.deadline, max_rows)
                finally:
                    engine.close()
            except EndpointError as error:
                return [], "silent", str(error)
            return rows, failure.kind if failure else "", failure.message if failure else ""

        for number, said, error in self._pool(work).run([self._address(n) for n in range(len(self.hosts))]):
            rows, kind, message = said if said is not None else ([], "silent", error)
            yield number, rows, kind, message

    def _pool(self, work: Callable[[int, Callable[[], None]], Any]) -> Pool:
        effort = self._effort
        return Pool(work, effort.parallel, effort.host_deadline, effort.run_deadline)

    def _transport(self, host: Host) -> Transport:
        transport = self._transports[host.connection]
        if isinstance(transport, EndpointError):
            raise transport
        return transport

    def _address(self, number: int) -> str:
        host = self.hosts[number]
        transport = self._transports[host.connection]
        return host.name if isinstance(transport, EndpointError) else transport.address(host)

    def run_of(self, number: int, said: str) -> Run:
        """Return the run of a host from what ``audit`` yielded, its waivers applied."""
        host, terms = self.hosts[number], self._terms[number]
        known = terms if isinstance(terms, Terms) else None
        run = read_run(host, known, self._planner, self._memo, json.loads(said))
        waivers = [one for path in (known.waivers if known else ()) for one in self._waivers[path]]
        if not waivers:
            return run
        now = time.time()
        names = (host.group, *host.groups, "all")
        return run._replace(results=[waiver.apply(r, host.name, names, waivers, now) for r in run.results])


def _terms(host: Host, request: Request) -> "Terms | EndpointError":
    try:
        return terms_of(host, request)
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


def _unasked(reason: str, kind: str = "") -> str:
    return json.dumps({"silent": reason, "kind": kind, "started": utc(), "ended": utc(), "seconds": 0.0})


class Spool:
    """What was said of each host, on disk: a report takes one after the other, and memory does not grow."""

    def __init__(self, fleet: Fleet) -> None:
        """Keep what is said of the hosts of a fleet, until this object goes."""
        self._fleet = fleet
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as this object
        self._places: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        """Return how many hosts are kept."""
        return len(self._places)

    def add(self, number: int, said: str) -> None:
        """Keep what was said of a host."""
        data = said.encode()
        self._places[number] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def runs(self) -> Iterator[Run]:
        """Yield the runs, in the order of the inventory."""
        for number in sorted(self._places):
            yield self.run(number)

    def run(self, number: int) -> Run:
        """Return the run of one host."""
        place, size = self._places[number]
        self._file.seek(place)
        return self._fleet.run_of(number, self._file.read(size).decode())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
