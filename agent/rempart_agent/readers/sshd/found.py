"""The SSH servers of a target: what its units would start, what runs, and what init scripts start.

One row for each command line: a process whose arguments are those of its unit is the unit's. Where nothing runs and
nothing is enabled, the server that is installed stands for itself.
"""

import shlex
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.readers.sshd import process as sshd_process
from rempart_agent.readers.sshd import unit as sshd_unit
from rempart_agent.said import Why
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

CONFIGURATIONS = ("/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config", "/usr/local/etc/sshd_config")
PROGRAMS: Tuple[str, ...] = ("/usr/sbin/sshd", "/usr/bin/sshd", "/sbin/sshd", "/usr/local/sbin/sshd")
PROGRAMS += (
    "/usr/local/bin/sshd",
    "/usr/lib/ssh/sshd",
    "/usr/libexec/sshd",
    "/opt/openssh/sbin/sshd",
    "/run/current-system/sw/bin/sshd",
)
OTHERS = ("dropbear", "dropbearmulti", "tinysshd", "tinysshd-makekey", "lshd", "wolfsshd")
"""Programs that serve SSH and read no sshd_config."""
DEFAULTS = (("/etc/default/ssh", "SSHD_OPTS"), ("/etc/sysconfig/sshd", "OPTIONS"), ("/etc/conf.d/sshd", "SSHD_OPTS"))


class Found(NamedTuple):
    """One server.

    Attributes:
        name: How rows call it: its unit, or its command line.
        unit: Its unit, or "".
        program: The program's path.
        arguments: What follows the program's name, or None where that is not known.
        folder: Its working directory.
        pid: A process that goes by these arguments, or "".
        why: Why nothing can be said of it, or "".
        user: The account that it runs under, a name or a number; "" for root.
    """

    name: str
    unit: str
    program: str
    arguments: Optional[List[str]]
    folder: str = "/"
    pid: str = ""
    why: str = ""
    user: str = ""


def servers(target: Target) -> List[Found]:
    """Return the SSH servers that run or are enabled, or else the one that is installed."""
    found: List[Found] = target.shared("ssh servers", lambda: list(_servers(target)))
    return found


def _servers(target: Target) -> Iterator[Found]:
    units = list(sshd_unit.enabled(target))
    processes = list(sshd_process.running(target)) if target.live else []
    known = {u.unit for u in units}
    units += [u for unit in {p.unit for p in processes if p.unit} - known for u in sshd_unit.described(target, unit)]
    seen = False
    taken: Set[str] = set()
    for unit in units:
        same = [p for p in processes if p.unit == unit.unit and p.arguments == unit.arguments and not p.why]
        taken.update(p.pid for p in same)
        seen = True
        yield unit._replace(pid=same[0].pid if same else "")
    named: Dict[str, int] = {}
    for process in processes:
        if process.pid in taken:
            continue
        name = process.unit + " as it runs" if process.unit else process.name
        named[name] = named.get(name, 0) + 1
        seen = True
        yield process._replace(name=name if named[name] == 1 else "{} ({})".format(name, named[name]))
    for found in _scripts(target):
        seen = True
        yield found
    if not seen:
        yield from _installed(target)
    elif not target.live:
        yield from _beside(target, units)


def _scripts(target: Target) -> Iterator[Found]:
    """Yield what init scripts and inetd start."""
    for path in ("/etc/runlevels/default/dropbear", *target.glob("/etc/rc2.d/S*dropbear")):
        if target.exists(path):
            yield Found(path, "", "dropbear", None, why=Why("dropbear reads no sshd_config"))
    for path in ("/etc/inetd.conf", *target.glob("/etc/xinetd.d/*")):
        try:
            lines = [line for line in target.lines(path) if not line.lstrip().startswith("#")]
        except Missing:
            continue
        text = " ".join(lines)
        if any(w.rpartition("/")[2] in ("sshd", *OTHERS) for w in text.split()) and "disable = yes" not in text:
            yield Found(path, "", "sshd", None, why=Why("started by inetd"))


def _installed(target: Target) -> Iterator[Found]:
    named = {u.name: u for name in ("ssh.service", "sshd.service") for u in sshd_unit.described(target, name)}
    if named:  # nothing starts it now; a preset may, when the image first starts
        yield from named.values()
        return
    programs = [p for p in PROGRAMS if target.exists(p)]
    found = {target.realpath(p): p for p in reversed(programs)}
    for program in found.values():
        arguments, why = _script_options(target)
        yield Found("sshd" if program == "/usr/sbin/sshd" else program, "", program, arguments, why=why)
    if not found and any(target.exists(c) for c in CONFIGURATIONS):
        yield Found("sshd", "", PROGRAMS[0], [])


def _beside(target: Target, units: List[Found]) -> Iterator[Found]:
    """Yield what is installed beside the servers of units: on a disk alone nothing tells whether it is started."""
    for program in ("/usr/local/sbin/sshd", "/usr/local/bin/sshd", *target.glob("/opt/*/sbin/sshd")):
        if target.exists(program) and program not in {u.program for u in units}:
            yield Found(program, "", program, None, why=Why("installed, and nothing tells what starts it"))


def _script_options(target: Target) -> Tuple[Optional[List[str]], str]:
    """Return the arguments that the files for init scripts add."""
    from rempart_agent.formats import ini

    for path, key in DEFAULTS:
        try:
            text = target.text(path)
        except Missing:
            continue
        values = [s.value for s in ini.parse(text, ini.dialect_of(path)) if s.key == key]
        try:
            return shlex.split(values[-1]) if values else [], ""
        except ValueError as error:
            return None, Why("{path}: {error}", path=path, error=error)
    return [], ""
