"""The hosts that are meant, ready to be asked."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rempart_agent.audit.request import Request
from rempart_controller.fleet.fleet import Fleet, Limits
from rempart_controller.inventory.host_choice import HostChoice
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_core.model.update_history import UpdateHistory

if TYPE_CHECKING:
    from rempart_controller.agents.collect import Watch


def open_fleet(
    choice: HostChoice,
    limits: Limits,
    request: Request,
    histories: Mapping[str, UpdateHistory] | None = None,
    watch: "Callable[[], Watch] | None" = None,
) -> Fleet:
    """Return the hosts that are meant, ready to be asked.

    Args:
        choice: The hosts, and the way to them.
        limits: How much is spent on them; of the time for all, what is left of it.
        request: What is asked of each.
        histories: What earlier runs saw of hosts, by name; None for nothing.
        watch: Gives what installed agents are judged by; None asks their hosts from outside as all others.

    Raises:
        UsageError: what was asked can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    hosts, _ = read_hosts(choice)
    rest = choice.deadline.left(float("inf")) if limits.run_deadline else 0.0
    return Fleet(hosts, request, limits._replace(run_deadline=rest), histories or {}, watch)
