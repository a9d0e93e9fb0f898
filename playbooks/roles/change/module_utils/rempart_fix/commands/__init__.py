"""The closed list of commands that are run once and that nobody can take back; each has a module of its own.

Modules are imported by name, since Ansible sends what is imported.
"""

from typing import Mapping

from . import certificates, clock, lists, pending, restarts, sessions, signatures, start, sums
from .command import Command

COMMANDS: Mapping[str, Command] = {
    "compare_files": sums.COMPARE,
    "end_sessions": sessions.END,
    "fetch_lists": lists.FETCH,
    "fetch_signatures": signatures.FETCH,
    "finish_packages": pending.FINISH,
    "reboot": start.REBOOT,
    "renew_certificates": certificates.RENEW,
    "restart_stale": restarts.RESTART,
    "set_clock": clock.SET,
}
"""The commands by the names that a spec may use."""

__all__ = ["COMMANDS", "Command"]
