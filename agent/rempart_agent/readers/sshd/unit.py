"""The SSH servers that systemd starts: their command lines, drop-ins and environment taken together.

Sources: systemd.service(5), systemd.socket(5), systemd.exec(5).
"""

import re
import shlex
from typing import TYPE_CHECKING, Dict, Iterator, List, Tuple

from rempart_agent.models.unit import command
from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.load import BAD_SETTING, LOADED, Unit, Units
from rempart_agent.readers.files import unit
from rempart_agent.said import Why
from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

if TYPE_CHECKING:
    from rempart_agent.readers.sshd.found import Found

_OWN_ROOT = ("RootDirectory", "RootImage", "BindPaths", "BindReadOnlyPaths", "MountImages", "ExtensionDirectories")
_NAMES = ("sshd", "dropbear", "tinysshd", "lshd", "wolfsshd")
_PREFIXES = "-@:+!|"


def enabled(target: Target) -> "Iterator[Found]":
    """Yield the servers that enabled units start: services, and those that enabled sockets start."""
    units = unit.units(target)
    seen = set()
    for name in sorted({*units.folders.names(), *units.folders.instances()}):
        if not name.endswith((".service", ".socket")) or not units.folders.pulls.get(name):
            continue
        started = name
        if name.endswith(".socket"):
            socket = units.load(name)
            if socket.load != LOADED:
                continue
            each = socket.value("Socket", "Accept").lower() in ("yes", "true", "1", "on", "y", "t")
            stem = name[: -len(".socket")]
            started = socket.value("Socket", "Service") or stem + ("@.service" if each else ".service")
        elif "@." in name:
            continue
        if not _may_serve(units, started):
            continue
        own = units.load(started)
        if own.name not in seen:
            seen.add(own.name)
            yield from described(target, own.name)


def _may_serve(units: Units, name: str) -> bool:
    """Tell whether a service's files name a server, or whether something adds to it: the others need not be loaded."""
    folders = units.folders
    wanted = {name, names.template(name)} - {""}
    added = {entry for found in folders.dropins.values() for entry in found}
    if any(d == "service.d" or d.endswith("-.service.d") or d[: -len(".d")] in wanted for d in added):
        return True
    for folder, entries in folders.entries.items():
        for own in wanted.intersection(entries):
            try:
                text = folders.files.text(folder + "/" + own)
            except SourceError:  # a link to nowhere, a folder
                continue
            if any(n in text for n in _NAMES):
                return True
    return False


def described(target: Target, name: str) -> "Iterator[Found]":
    """Yield the server of a service, if it is one.

    Args:
        target: What is looked at.
        name: The unit's name, with ``.service``.
    """
    from rempart_agent.readers.sshd.found import OTHERS, Found

    found = unit.units(target).load(name)
    if found.load == BAD_SETTING and "sshd" in name + found.why:  # what it loaded before may run
        yield Found(name, name, "", None, why=found.why)
    if found.load != LOADED:
        return
    for line in command.lines(found, "ExecStart"):
        if not any(n in line for n in _NAMES):  # systemd takes no variable for the program
            continue
        try:
            words = _words(target, line, found)
        except ValueError as error:
            if "sshd" in line:
                yield Found(name, name, "", None, why=Why("{path}: {error}", path=found.path, error=error))
            continue
        if not words:
            continue
        program = words[0].lstrip(_PREFIXES)
        if "@" in words[0][: len(words[0]) - len(program)]:  # the name that it is given comes next
            words = [words[0], *words[2:]]
        base = program.rpartition("/")[2]
        if base in OTHERS:
            yield Found(name, name, program, None, why=Why("{base} reads no sshd_config", base=base))
        elif base == "sshd":
            own_root = [key for key in _OWN_ROOT if found.values("Service", key)]
            why = (
                Why("{name} gives it files of its own ({own_root})", name=name, own_root=own_root[0])
                if own_root
                else ""
            )
            folder = command.expanded(found.value("Service", "WorkingDirectory"), found).lstrip("-") or "/"
            user = command.expanded(found.value("Service", "User"), found)
            user = "" if user in ("root", "0") else user
            yield Found(name, name, program, words[1:], folder, why=why, user=user)
        else:
            inner = [w for word in words[1:] for w in re.split(r"[\s;&|()'\"]+", word)]
            if any(w.rpartition("/")[2] in ("sshd", *OTHERS) for w in inner):
                yield Found(name, name, program, None, why=Why("{name} starts it by {base}", name=name, base=base))


def _words(target: Target, line: str, of: Unit) -> List[str]:
    """Return the words of a command line, variables replaced as systemd replaces them."""
    environment = _environment(target, of) if "$" in line else {}
    out: List[str] = []
    for word in shlex.split(line):
        alone = re.match(r"\$([A-Za-z_]\w*)$", word)
        if alone:
            out += shlex.split(environment.get(alone.group(1), ""))
        else:
            filled = re.sub(r"\$\{([A-Za-z_]\w*)\}", lambda m: environment.get(m.group(1), m.group()), word)
            out.append(filled.replace("$$", "$"))
    return out


def _environment(target: Target, of: Unit) -> Dict[str, str]:
    from rempart_agent.formats import ini

    found: Dict[str, str] = {}
    for value in [*_defaults(target), *(s.value for s in of.values("Service", "Environment"))]:
        for word in shlex.split(command.expanded(value, of)):
            key, equals, rest = word.partition("=")
            if equals:
                found[key] = rest
    for setting in of.values("Service", "EnvironmentFile"):
        for path, text in _texts(target, command.expanded(setting.value, of).lstrip("-")):
            for assigned in ini.parse(text, ini.dialect_of(path)):
                found[assigned.key] = assigned.value
    return found


def _defaults(target: Target) -> List[str]:
    """Return what the manager gives every service (systemd-system.conf(5))."""
    from rempart_agent.models.unit.syntax import Broken, assignments

    folders = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")
    main = [f + "/system.conf" for f in folders if target.exists(f + "/system.conf")][:1]
    named: Dict[str, str] = {}
    for folder in reversed(folders):
        for path in target.glob(folder + "/system.conf.d/*.conf"):
            named[path.rpartition("/")[2]] = path
    found: List[str] = []
    for path in [*main, *(named[name] for name in sorted(named))]:
        try:
            for setting in assignments(target.text(path)):
                if setting.section == "Manager" and setting.key == "DefaultEnvironment":
                    found = [*found, setting.value] if setting.value else []
        except (Missing, Broken):
            continue
    return found


def _texts(target: Target, pattern: str) -> Iterator[Tuple[str, str]]:
    for path in sorted(target.glob(pattern)):
        try:
            text = target.text(path)
        except Missing:
            continue
        yield path, text
