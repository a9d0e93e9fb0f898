"""The command ``rempart fleet``."""

import argparse
import time as clock
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.commands.options.store import MOMENT, add_limit, add_store, read_limit, read_store
from rempart_controller.inventory.host_filter import HostFilter
from rempart_core.error import UsageError
from rempart_core.messages.message import Message

_DAY, _AHEAD = 86_400, 300  # seconds: a day; what a clock may be ahead


class FleetRequest(NamedTuple):
    """How the fleet stands or stood is asked for.

    Attributes:
        store: Where the store is.
        at: When; None for now.
        hosts: Of which hosts.
        out: How it is printed.
    """

    store: str
    at: str | None
    hosts: HostFilter
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.fleet_long")
    parser.add_argument("--at", metavar="DATE", help=option_help("help.fleet_at", moment=MOMENT))
    add_limit(parser)
    parser.add_argument("--json", action="store_true", help=option_help("help.fleet_json"))
    add_store(parser)


def request(options: argparse.Namespace) -> FleetRequest:
    """See Command.request."""
    return FleetRequest(read_store(options), options.at, read_limit(options), read_output(options))


def run(request: FleetRequest) -> int:
    """Print the fleet on a day."""
    from rempart_reports.views.fleet_history import show_fleet
    from rempart_reports.views.store_json import host_data
    from rempart_store.store import Store

    with Store.open(request.store, create=False) as store:
        at = None if request.at is None else _expect_past(request.at, store.moment(request.at, end=True))
        hosts = store.fleet(at)
    if request.hosts.patterns:
        chosen = request.hosts.choose([(host.name, host.group) for host in hosts])
        hosts = [host for host in hosts if host.name in chosen]
    if request.out.json:
        for host in hosts:
            request.out.show_json(host_data(host))
    else:
        request.out.show(show_fleet(hosts, int(clock.time()) if at is None else at, request.out.language))
    return 0


def _expect_past(text: str, at: int) -> int:
    """Return a moment that has begun; nobody knows how a fleet will stand.

    Raises:
        UsageError: It is yet to come. Today is not, though its end is.
    """
    now = int(clock.time())
    if at >= (now // _DAY + 1) * _DAY or ("T" in text and at > now + _AHEAD):
        raise UsageError(Message("store.future", time=text))
    return at
