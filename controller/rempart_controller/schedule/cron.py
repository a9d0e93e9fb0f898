"""The line for cron. Source: crontab(5) (``%`` is a newline where no backslash stands before it) and cron(8)."""

import hashlib
import re
import shlex

from rempart_controller.schedule.job import Plan
from rempart_core.error import UsageError
from rempart_core.messages.message import Message

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_FIELDS = re.compile(r"[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}")


def write_cron(plan: Plan, machine: str) -> str:
    """Return the text of a file for ``/etc/cron.d``.

    Args:
        plan: What is to be scheduled.
        machine: Tells this machine from others: cron has no splay of its own, so each begins at a minute of its own.

    Raises:
        UsageError: The time is none that cron takes, or a word can't be in a line.
    """
    words = ["umask 077;", f"exec timeout -k 120 {plan.limit} nice", shlex.join(plan.command)]
    for name, value in reversed(plan.environment):
        words.insert(1, f"export {name}={shlex.quote(value)};")
    line = " ".join(words)
    if not line.isprintable():
        raise UsageError(Message("schedule.cron_control"))
    line = line.replace("%", r"\%")
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return f"SHELL=/bin/sh\n{path}\n{fields(plan, machine)} {plan.user} {line}\n"


def fields(plan: Plan, machine: str) -> str:
    """Return the five fields of the time.

    Args:
        plan: When it runs.
        machine: What spreads machines over the hour: the same of one machine always.

    Raises:
        UsageError: It is none that cron takes.
    """
    found = _CLOCK.fullmatch(plan.at)
    if found:
        digest = hashlib.sha256(f"{machine} {plan.name}".encode()).digest()
        later = int.from_bytes(digest[:4], "big") % (plan.splay + 1)
        hour, minute = divmod((int(found[1]) * 60 + int(found[2]) + later) % 1440, 60)
        return f"{minute} {hour} * * *"
    if not _FIELDS.fullmatch(plan.at):
        raise UsageError(Message("schedule.at_cron", at=plan.at))
    return plan.at
