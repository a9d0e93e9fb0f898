"""The command ``rempart incident open``."""

import argparse
import os
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import (
    Desk,
    Way,
    Worker,
    add_way,
    add_worker,
    describe,
    read_past,
    read_way,
    read_worker,
)
from rempart_controller.incident.clock import GDPR_HOURS
from rempart_controller.incident.folder import list_standings, make_folder
from rempart_controller.incident.host_access import expect_name, find_host
from rempart_controller.remediation.ansible.access import name_inventories
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.timestamps import write_moment


class OpenRequest(NamedTuple):
    """An incident of a host is to be opened.

    Attributes:
        host: The host's name in the inventory.
        aware: The moment of awareness, in seconds since 1970.
        title: What happened, in a few words.
        worker: Who does it.
        way: The way to the host.
    """

    host: str
    aware: int
    title: str
    worker: Worker
    way: Way


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.open"),
    )
    parser.add_argument("host", metavar="HOST", help=option_help("incident_help.open_host"))
    parser.add_argument(
        "--aware",
        metavar="TIME",
        default="",
        help=option_help("incident_help.open_aware"),
    )
    parser.add_argument("--title", metavar="TEXT", default="", help=option_help("incident_help.open_title"))
    add_worker(parser)
    add_way(parser, deadline=120)


def request(options: argparse.Namespace) -> OpenRequest:
    """See Command.request."""
    host = expect_name(options.host)
    aware = read_past(options.aware, "--aware")
    return OpenRequest(host, aware, options.title, read_worker(options), read_way(options))


def run(request: OpenRequest) -> int:
    """Open an incident: the clock runs from the moment of awareness."""
    return _open(request)


def _open(request: OpenRequest) -> int:
    host = request.host
    running = [one for one in list_standings() if one.host == host and one.state in {"open", "isolated"}]
    if running:
        raise UsageError(Message("incident.open_already", incident=running[0].incident, host=host))
    inventories = name_inventories(request.way.choice.inventories)
    if inventories:
        find_host(request.way.choice._replace(inventories=tuple(inventories)), host)
    desk = Desk(request.worker, make_folder())
    desk.write("open", "done", host=host, title=request.title, aware=request.aware, inventories=inventories)
    incident, end = os.path.basename(desk.folder), write_moment(request.aware + GDPR_HOURS * 3600)
    desk.say(Message("incident.opened", incident=incident, host=host, end=end))
    return 0
