"""What loads the rules of the audit subsystem at the next start, and for which machine auditctl reads them.

Source: ``init.d/audit-rules.service.in`` and ``init.d/auditd.service.in`` of audit-userspace: augenrules makes
``/etc/audit/audit.rules`` of ``/etc/audit/rules.d`` and loads it; ``auditctl -R`` loads a file as it is.
"""

import os
import stat
from typing import List, NamedTuple, Optional

from rempart_agent.models import audit_calls
from rempart_agent.models.unit import command, condition
from rempart_agent.models.unit.load import LOADED
from rempart_agent.readers.files import unit
from rempart_agent.said import Why
from rempart_agent.source.contract import Loop, Missing, Unfit
from rempart_agent.source.target import Target

RULES_D, RULES = "rules.d", "audit.rules"
_FOLDER, _FILE = "/etc/audit/rules.d", "/etc/audit/audit.rules"
_UNITS = ("audit-rules.service", "auditd.service")
_USUAL = ("ConditionKernelCommandLine=!audit=0", "ConditionKernelCommandLine=!audit=off")  # as the units have them
_KEYS = ("ExecStartPre", "ExecStart", "ExecStartPost")
_PROGRAMS = (
    *("/usr/sbin/auditctl", "/sbin/auditctl", "/usr/lib/systemd/systemd", "/lib/systemd/systemd"),
    *("/usr/bin/env", "/bin/sh", "/usr/bin/busybox"),
)


class Loading(NamedTuple):
    """What the next start loads.

    Attributes:
        source: ``rules.d`` or ``audit.rules``; ``""`` for neither.
        known: Whether that is known.
        why: Why it is neither, or not known.
    """

    source: str
    known: bool = True
    why: str = ""


def loading(target: Target) -> Loading:
    """Return what the next start loads."""
    if not any(target.exists(path) for path in ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")):
        return Loading("", known=False, why=Why("no systemd starts what loads the rules"))
    units = unit.next_units(target)
    started = unit.started(target)
    if started is None:
        return Loading("", known=False, why=Why("what the next start brings up is not known"))
    commands: List[command.Command] = []
    for name in _UNITS:
        found = units.load(name)
        if name in started and found.load == LOADED:
            met = condition.allowed(found, units.folders.files, target.live, _USUAL)
            if met is None:
                return Loading(
                    "", known=False, why=Why("whether the conditions of {name} hold is not known", name=name)
                )
            if not met:
                continue
            commands += [one for key in _KEYS for one in command.commands(found.settings, key, found.called)]
    present = [(one.program.rpartition("/")[2], one.text.split()) for one in commands if target.exists(one.program)]
    if any(program == "augenrules" and "--load" in words for program, words in present):
        return Loading(RULES_D) if _is_there(target, _FOLDER) else _file(target)
    for program, words in present:
        if program == "auditctl":
            if words[1:] == ["-R", _FILE]:
                return _file(target)
            return Loading("", known=False, why=Why("auditctl is started in another way than usual"))
    return Loading("", why=Why("neither audit-rules.service nor auditd.service loads rules at the start"))


def _file(target: Target) -> Loading:
    """Return the file as it is, which auditctl refuses where everybody may write it."""
    try:
        mode = target.stat(_FILE).st_mode
    except (Missing, Loop):
        return Loading(RULES)
    if not stat.S_ISREG(mode) or mode & stat.S_IWOTH:
        return Loading("", why=Why("auditctl refuses {path}: no regular file, or everybody may write it", path=_FILE))
    return Loading(RULES)


def _is_there(target: Target, path: str) -> bool:
    try:
        target.listdir(path)
    except (Missing, Loop, Unfit):
        return False
    return True


def machine(target: Target) -> str:
    """Return the machine whose system calls auditctl takes for its own, as ``audit_calls.known`` names it.

    A program says for which machine it is. Where it is one of 32 bits the running kernel decides, as in auditctl.
    """
    found: Optional[str] = None
    for path in _PROGRAMS:
        try:
            name, bits = audit_calls.elf(target.read_head(path, 20))
        except (Missing, Loop, Unfit):
            continue
        if name is not None and (bits > 32 or not target.live):
            return name
        found = found if name is None else name
    return audit_calls.known(os.uname().machine) if target.live else found or ""
