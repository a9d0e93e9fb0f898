"""The fleet: many hosts audited at once, each result handed out as soon as it is there."""

import json
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rempart_agent import cache
from rempart_agent.audit import Request, check_directories
from rempart_agent.engines.remote import open_database
from rempart_agent.history import UpdateHistory
from rempart_controller.errand import Manner, Tools, audit_host, known_places, read_run, utc
from rempart_controller.host import Host, Terms, terms_of
from rempart_controller.memo import Memo
from rempart_controller.plan import Planner
from rempart_controller.pool import Pool
from rempart_controller.question import describe_question
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


class Heard(NamedTuple):
    """What was heard of a host.

    Attributes:
        number: Its number.
        said: What ``Fleet.run_of`` reads.
        final: False where the run's deadline was reached before the host was done.
        places: Of verdicts that it shares with others, and that ``said`` only names; see ``Fleet.told``.
    """

    number: int
    said: str
    final: bool = True
    places: tuple[int, ...] = ()


class Fleet:
    """Hosts, the ways to them, and what is asked of each.

    Attributes:
        hosts: The hosts, in the order of the inventory.
        question: What is asked of them.
    """

    def __init__(
        self,
        hosts: Sequence[Host],
        request: Request,
        effort: Effort,
        histories: Mapping[str, UpdateHistory] = {},
    ) -> None:
        """Get ready: content, settings and waivers are read before anybody is asked.

        Args:
            hosts: The hosts.
            request: What the command line asks of each.
            effort: How much is spent.
            histories: What earlier runs saw of hosts, by name.

        Raises:
            UsageError: what was asked can't be done.
            ContentError: checks, profiles, parameters or waivers hold mistakes.
        """
        self.hosts = hosts
        self._request = request
        self._effort = effort
        content = cache.load(check_directories(request.directories))
        self._planner = Planner(content, request)
        self._terms: list[Terms | EndpointError] = [_terms(host, request) for host in hosts]
        self.question = describe_question(request, content, hosts, self._terms)
        self._transports = _open_transports(hosts)
        self._memo = Memo()
        self._histories = histories
        self._waivers: dict[str, list[Waiver]] = {}
        self._read_waivers()
        self._planner.expect_checks()  # a wrong name on the command line is no host's fault

    def _read_waivers(self) -> None:
        paths = {path for terms in self._terms if isinstance(terms, Terms) for path in terms.waivers}
        if paths:
            from rempart_core.waiverfile import read_waivers

            ids = {check.id for check in self._planner.content.checks}
            self._waivers = {path: read_waivers(path, ids) for path in sorted(paths)}

    def audit(self, numbers: Collection[int]) -> Generator[Heard, None, None]:
        """Audit hosts, and yield each as it ends.

        Args:
            numbers: Which ones.
        """
        tools = Tools(open_database(), self._memo, self._histories)
        manner = Manner(self._request.deadline, self._effort.host_deadline)

        def work(number: int, connected: Callable[[], None]) -> dict[str, Any]:
            terms = self._terms[number]
            if isinstance(terms, EndpointError):
                raise terms
            host = self.hosts[number]
            transport = self._transport(host)
            return audit_host(host, terms, self._planner, transport, manner, tools, connected)

        right = []
        for number in sorted(numbers):
            if isinstance(self._terms[number], EndpointError):
                yield Heard(number, _unasked(str(self._terms[number]), "settings"))
            else:
                right.append(number)
        for terms in (self._terms[number] for number in right):
            if isinstance(terms, Terms):
                try:
                    self._planner.first(terms, tools.database)  # made here, the workers need not each make it
                except EndpointError:
                    continue  # the host itself will say so
                break
        pool = self._pool(lambda place, connected: work(right[place], connected))
        for place, said, error in pool.run([self._address(number) for number in right]):
            if said is None:
                yield Heard(right[place], _unasked(error), not pool.gave_up)
            else:
                yield Heard(right[place], json.dumps(said), True, known_places(said))

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

    def told(self, place: int) -> Any:
        """Return the verdict that hosts share, at a place of ``Heard.places``."""
        return self._memo.told(place)

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
