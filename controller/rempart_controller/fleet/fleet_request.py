"""What an audit of a fleet is asked for."""

from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_controller.fleet.fleet import Limits
from rempart_controller.inventory.host_choice import HostChoice
from rempart_core.model.check import Severity


class FleetRequest(NamedTuple):
    """The hosts of an inventory are to be audited.

    Attributes:
        choice: The hosts, and the way to them.
        limits: How much is spent on them.
        ask: What is asked of each.
        threshold: The least severity that counts for the exit status.
        language: ``en`` or ``fr``.
        quiet: Whether nothing but errors is printed.
        stale: Seconds within which hosts that answered are left out; 0 for none.
        resume: Whether the audit that was interrupted goes on.
        agent_limit: How old, in seconds, the newest document of an installed agent may be.
    """

    choice: HostChoice
    limits: Limits
    ask: Request
    threshold: Severity
    language: str
    quiet: bool
    stale: int
    resume: bool
    agent_limit: float
