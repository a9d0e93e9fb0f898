"""The fleet that options name, ready to be asked."""

import argparse
from collections.abc import Callable
from typing import Any

from rempart_agent.audit.request import Request
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.run_deadline import left


def open_fleet(
    options: argparse.Namespace,
    request: Request,
    histories: Any = None,
    watch: Callable[[], Any] | None = None,
) -> Any:
    """Return the hosts that the options name, ready to be asked.

    Args:
        options: What the command line said.
        request: What is asked of each.
        histories: What earlier runs saw of hosts, by name; None for nothing.
        watch: Gives what installed agents are judged by; None asks their hosts from outside as all others.

    Raises:
        UsageError: what was asked can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    from rempart_controller.fleet.fleet import Fleet, Limits

    hosts = read_hosts(options)
    rest = left(options, float("inf")) if options.run_deadline else 0.0
    limits = Limits(int(options.parallel) or 1, options.host_deadline, rest)
    return Fleet(hosts, request, limits, histories or {}, watch)
