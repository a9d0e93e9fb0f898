"""The command ``rempart incident open``."""

import argparse
import os
from typing import NamedTuple

from rempart_controller.commands.incident.desk import (
    Desk,
    Way,
    Worker,
    add_way,
    add_worker,
    describe,
    in_language,
    read_past,
    read_way,
    read_worker,
)
from rempart_controller.incident.clock import GDPR_HOURS
from rempart_controller.incident.folder import list_standings, make_folder
from rempart_controller.incident.host_access import expect_name, find_host
from rempart_controller.remediation.ansible.access import name_inventories
from rempart_core.error import UsageError
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
        "Open an incident of a host: the clocks run. The 72 hours of GDPR article 33 run from the moment of "
        "awareness, which is now unless you say another.",
    )
    parser.add_argument("host", metavar="HOST", help="the host's name in the inventory")
    parser.add_argument(
        "--aware",
        metavar="TIME",
        default="",
        help="the moment of awareness, UTC: 2026-11-25T13:00, or 3h for three hours ago (default: now)",
    )
    parser.add_argument("--title", metavar="TEXT", default="", help="what happened, in a few words")
    add_worker(parser)
    add_way(parser, deadline=120)


def request(options: argparse.Namespace) -> OpenRequest:
    """See Command.request."""
    with in_language(options.lang):
        host = expect_name(options.host)
        aware = read_past(options.aware, "--aware")
    return OpenRequest(host, aware, options.title, read_worker(options), read_way(options))


def run(request: OpenRequest) -> int:
    """Open an incident: the clock runs from the moment of awareness."""
    with in_language(request.worker.language):
        return _open(request)


def _open(request: OpenRequest) -> int:
    host = request.host
    running = [one for one in list_standings() if one.host == host and one.state in {"open", "isolated"}]
    if running:
        raise UsageError(f"the incident {running[0].incident} of {host} is open already")
    inventories = name_inventories(request.way.choice.inventories)
    if inventories:
        find_host(request.way.choice._replace(inventories=tuple(inventories)), host)
    desk = Desk(request.worker, make_folder())
    desk.write("open", "done", host=host, title=request.title, aware=request.aware, inventories=inventories)
    incident, end = os.path.basename(desk.folder), write_moment(request.aware + GDPR_HOURS * 3600)
    desk.say(
        f"incident {incident} of {host} is open; the 72 hours of GDPR article 33 end {end}\n"
        f"next: rempart incident collect {incident}, then rempart incident isolate {incident}",
        f"l’incident {incident} de {host} est ouvert ; les 72 heures de l’article 33 du RGPD prennent fin le {end}\n"
        f"ensuite : rempart incident collect {incident}, puis rempart incident isolate {incident}",
    )
    return 0
