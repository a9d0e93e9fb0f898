"""What each SSH server of a target goes by: its options, or why they are not known; and whether it has read them."""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models.sshd import command
from rempart_agent.models.sshd.configuration import Build, Configuration
from rempart_agent.models.sshd.item import Options
from rempart_agent.models.sshd.scalar import Refused
from rempart_agent.readers.packages import dpkg
from rempart_agent.readers.sshd import found as sshd_found
from rempart_agent.said import Why
from rempart_agent.source.contract import Missing, Unfit
from rempart_agent.source.target import Target

_VERSION = re.compile(rb"(OpenSSH_([0-9]{1,3})\.([0-9]{1,3})p[0-9]+)( Debian| Ubuntu)?")


class Daemon(NamedTuple):
    """One SSH server, evaluated.

    Attributes:
        found: What was found of it.
        config: The file that it reads, or "".
        options: What holds for every connection; empty where that is not known.
        blocks: What Match blocks set, by their criteria.
        known: The names of all options of this release.
        stale: 1 where files are newer than what it has loaded, 0 where they are not, else None.
        why: Why options or ``stale`` are not known, or "".
        same_as: The name of an earlier server with the same options, where this one does not run now; or "".
    """

    found: sshd_found.Found
    config: str
    options: Options
    blocks: Dict[str, Options]
    known: List[str]
    stale: Optional[int]
    why: str
    same_as: str = ""


def daemons(target: Target) -> List[Daemon]:
    """Return the SSH servers of a target, evaluated once for all tables.

    Raises:
        Missing: there is none.
    """
    found: List[Daemon] = target.shared(
        "ssh daemons", lambda: _compared([_evaluated(target, f) for f in _found(target)])
    )
    return found


def _compared(found: List[Daemon]) -> List[Daemon]:
    """Mark servers that say nothing of their own: those that systemd starts for each connection, on most machines."""
    out: List[Daemon] = []
    for daemon in sorted(found, key=lambda d: not d.found.pid):
        same = [d for d in out if daemon.options and _said(d) == _said(daemon)]
        out.append(daemon._replace(same_as=same[0].found.name) if same and not daemon.found.pid else daemon)
    return out


def _said(daemon: Daemon) -> Tuple[str, Options, Dict[str, Options]]:
    return daemon.found.user, daemon.options, daemon.blocks


def _found(target: Target) -> List[sshd_found.Found]:
    found = sshd_found.servers(target)
    if not found:
        raise Missing(
            "{configurations}: does not exist, and no SSH server runs or is installed",
            configurations=sshd_found.CONFIGURATIONS[0],
        )
    return found


def _evaluated(target: Target, found: sshd_found.Found) -> Daemon:
    build = _build(target, found.program)
    known = sorted(Configuration(build, lambda _: ()).defaults)
    unknown = Daemon(found, "", {}, {}, known, None, found.why)
    if found.arguments is None or found.why:
        return unknown
    configuration = Configuration(build, lambda pattern: _included(target, pattern), found.folder or "/")
    config = ""
    try:
        asked = command.parse(found.arguments)
        config = _config(target, asked.config, found)
        configuration.command(asked.options)
        if config.lower() != "none":
            configuration.read(config, target.text(config))
        options, blocks = configuration.options(), configuration.blocks()
    except Refused as refused:
        refuses = Why("sshd refuses {error}", error=refused)
        why = refuses if refused.sure else Why("not to be told: {error}", error=refused)
        return unknown._replace(config=config, why=why)
    except Missing as missing:
        return unknown._replace(config=config, why=Why("sshd does not start: {error}", error=missing))
    except Unfit as unfit:
        return unknown._replace(config=config, why=unfit.why)
    stale, reason = (None, "")
    if found.pid:
        from rempart_agent.readers.sshd import stale as sshd_stale

        stale, reason = sshd_stale.stale(target, found, configuration)
    return Daemon(found, config, options, blocks, known, stale, reason)


def _config(target: Target, config: str, found: sshd_found.Found) -> str:
    """Return the file that a server reads; a relative name belongs to its working directory."""
    if config != command.DEFAULT:
        return config if config.startswith("/") or config.lower() == "none" else found.folder + "/" + config
    if found.program.startswith(("/usr/local/", "/opt/")):
        prefix = found.program.rpartition("/")[0].rpartition("/")[0]
        for path in (prefix + "/etc/sshd_config", prefix + "/etc/ssh/sshd_config"):
            if target.exists(path):
                return path
    return next((p for p in sshd_found.CONFIGURATIONS if target.exists(p)), config)


def _included(target: Target, pattern: str) -> Iterator[Tuple[str, str]]:
    for path in sorted(target.glob(pattern)):
        yield path, target.text(path)


def _build(target: Target, program: str) -> Build:
    """Return which sshd a program is; an unknown one counts as the newest."""
    build: Build = target.shared("sshd of " + program, lambda: _read_build(target, program))
    return build


def _read_build(target: Target, program: str) -> Build:
    found = None
    try:
        found = _VERSION.search(target.read(program)) if program.startswith("/") else None
    except (Missing, Unfit):
        pass
    if found:
        return Build((int(found.group(2)), int(found.group(3))), bool(found.group(4)), found.group(1).decode("ascii"))
    try:
        texts = list(dpkg.texts(target))
    except Missing:
        return Build(debian=False)
    for text in texts:
        for version in dpkg.find_version(text, "openssh-server"):
            number = re.match(r"(?:[0-9]+:)?(([0-9]{1,3})\.([0-9]{1,3})p?[0-9]*)", version)
            if number:
                return Build((int(number.group(2)), int(number.group(3))), True, "OpenSSH_" + number.group(1))
    return Build()
