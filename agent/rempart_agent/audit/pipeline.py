"""The audit of one target, from options to a run: what ``rempart audit`` and ``rempart-agent run`` share."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rempart_agent.audit.stop import NEVER, Stop, Stopped
from rempart_agent.engine import DEADLINE
from rempart_core.error import DocumentError, UsageError
from rempart_core.model.check import ROLES, Severity
from rempart_core.model.result import Exclusion, Result, Run, TargetIdentity
from rempart_core.model.selection import Selected
from rempart_core.model.tested_systems import note_version
from rempart_core.text import NOTHING
from rempart_core.version import VERSION

EXIT_STATUS = (
    "Exit status: 0 judged and nothing open at or above the threshold; 1 findings; 2 wrong usage or content; "
    "3 the audit is incomplete (an error, a check that lacked privileges, nothing judged), which outranks 1; "
    "130 or 143 interrupted (Ctrl-C, SIGTERM)."
)
_SEVERITIES = [severity.value for severity in Severity]


class Request(NamedTuple):
    """What is to be audited, and with what.

    Attributes:
        root: A directory that holds a root filesystem; None for this machine.
        role: ``workstation``, ``server``, ``image``; ``""`` to detect it.
        profile: A profile's name; ``""`` for the role's own.
        globs: Globs of check ids or areas that narrow the selection.
        also: Globs of checks that are asked whatever the profile and ``globs`` say.
        directories: Folders of the user's own checks, beside ours.
        parameters: ``CHECK.NAME=VALUE`` texts.
        waivers: A waiver file; ``""`` for none.
        baseline: A run document; ``""`` for none.
        deadline: Seconds for each statement.
        engine: What answers; see ``engines.NAMES``.
        socket: The extension socket of the osqueryd to ask; ``""`` for the usual one.
        history: What earlier runs saw of the target, a ``history.UpdateHistory``; None for nothing.
        values: Check id to parameter to value, of a file; ``parameters`` win.
        lent: Check id to parameter to the check whose value in force it takes; a fleet's planner gives it.
        walk: Whether the file systems are walked; None for what the profile says.
        walk_entries: The most entries that a walk looks at; None for the checks' own value.
        walk_seconds: The most seconds that a walk takes; None for the checks' own value.
    """

    root: str | None = None
    role: str = ""
    profile: str = ""
    globs: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    waivers: str = ""
    baseline: str = ""
    deadline: float = DEADLINE
    engine: str = "auto"
    socket: str = ""
    also: tuple[str, ...] = ()
    history: Any = None
    values: Mapping[str, Mapping[str, Any]] = {}
    lent: Mapping[str, Mapping[str, str]] = {}
    walk: bool | None = None
    walk_entries: int | None = None
    walk_seconds: int | None = None


def add_selection(parser: Any) -> None:
    """Add the options that choose checks."""
    choose = parser.add_argument_group("what is asked")
    roles = [role for role in ROLES if role != "organisation"]
    choose.add_argument("--role", choices=roles, default="", help="the target's role (default: detected)")
    choose.add_argument(
        "--profile", metavar="NAME", default="", help="a profile (default: the role's own; `all` takes every check)"
    )
    choose.add_argument(
        "--checks",
        metavar="GLOB",
        action="append",
        default=[],
        help="only checks whose id or area matches, as DSK-* or firewall; repeatable, or separated by commas",
    )
    choose.add_argument(
        "--checks-dir",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder of your own checks, beside ours; repeatable",
    )
    choose.add_argument(
        "--param",
        metavar="CHECK.NAME=VALUE",
        action="append",
        default=[],
        help="a parameter's value; lists: separated by commas",
    )
    choose.add_argument(
        "--walk",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="walk all local file systems for the checks that need it (default: what the profile says)",
    )
    choose.add_argument(
        "--walk-entries",
        metavar="N",
        type=_number(1, 100_000_000),
        default=None,
        help="the most files and folders that a walk looks at (default: 5000000)",
    )
    choose.add_argument(
        "--walk-seconds",
        metavar="N",
        type=_number(1, 3600),
        default=None,
        help="the most seconds that a walk takes (1 to 3600, default: 90)",
    )


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return value

    return number


def add_options(parser: Any) -> None:
    """Add the options that choose checks and how they are judged."""
    add_selection(parser)
    judge = parser.add_argument_group("how it is judged")
    judge.add_argument("--waivers", metavar="FILE", default="", help="findings that are lived with until a date (YAML)")
    judge.add_argument(
        "--baseline", metavar="RUN.json", default="", help="a run document: only what is new since that run counts"
    )
    judge.add_argument(
        "--fail-on",
        metavar="SEVERITY",
        choices=_SEVERITIES,
        default="low",
        help=f"the least severity that counts for the exit status: {', '.join(_SEVERITIES)} (default: low)",
    )


def request_of(options: argparse.Namespace) -> Request:
    """Return the request that parsed options make."""
    return Request(
        root=options.root,
        role=options.role,
        profile=options.profile,
        globs=tuple(g for text in options.checks for g in text.split(",") if g),
        directories=tuple(options.checks_dir),
        parameters=tuple(options.param),
        waivers=options.waivers,
        baseline=options.baseline,
        deadline=options.deadline,
        engine=options.engine,
        socket=options.socket,
        walk=options.walk,
        walk_entries=options.walk_entries,
        walk_seconds=options.walk_seconds,
    )


def threshold_of(options: argparse.Namespace) -> Severity:
    """Return the least severity that counts."""
    return Severity(options.fail_on)


def check_directories(own: Sequence[str]) -> list[str]:
    """Return the folders of checks: ours, and the user's own.

    Raises:
        UsageError: one does not exist.
    """
    from rempart_core.content.place import content_root

    for directory in own:
        if not os.path.isdir(directory):
            raise UsageError(f"--checks-dir {directory}: no such directory")
    return [content_root() + "/checks", *(os.path.abspath(d) for d in own)]


def audit(request: Request, progress: Callable[[int, int, str], None] | None = None, stop: Stop = NEVER) -> Run:
    """Audit one target.

    Args:
        request: What is to be audited, and with what.
        progress: Is told how many checks are done, how many there are, and which comes next.
        stop: What may end it before its time: the run says so then, and what was not asked.

    Raises:
        UsageError: the request can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    from rempart_agent.audit import content_cache
    from rempart_agent.audit.examine import Circumstances, digest_of, walk_values
    from rempart_agent.cli.base import say
    from rempart_agent.engines import registry
    from rempart_core.model import selection

    began, started = time.perf_counter(), _utc()
    engine = registry.open_engine(
        request.engine, request.socket, request.root, redact=True, say=say, history=request.history
    )  # gets ready while checks are read
    try:
        here = "linux" if request.root is not None or sys.platform.startswith("linux") else ""
        content = content_cache.load(check_directories(request.directories), here)
        waivers = _waivers(request, content)
        baseline = _baseline(request)
        given: dict[str, Mapping[str, Any]] = dict(request.values)
        for check, bounds in walk_values(content.checks, request.walk_entries, request.walk_seconds).items():
            given[check] = {**given.get(check, {}), **bounds}
        for check, own in selection.parse_assignments(content.checks, request.parameters).items():
            given[check] = {**given.get(check, {}), **own}
        identity = engine.identity()
        platform, system, role = _recognise(request, engine, stop)
        profile = None
        selected: list[Selected] = []
        excluded: tuple[Exclusion, ...] = ()
        if name := request.profile or selection.default_profile(role):
            profile = selection.find_profile(content.profiles, name)
            if waivers:
                _expect_short(waivers, profile.max_waiver_days)
            selected, excluded = selection.select(content.checks, profile, platform or "linux", request.globs, given)
        walk = bool(profile and profile.walk) if request.walk is None else request.walk
        circumstances = Circumstances(platform, role, engine.identity().privileged, request.deadline, walk=walk)
        results = _examine(content, engine, selected, circumstances, progress, stop)
        identity = identity if stop.asked else engine.identity()
    finally:
        engine.close()
    target = TargetIdentity(
        name=name_target(request),
        kind="machine" if request.root is None else "root",
        platform=platform,
        system=system,
    )
    if waivers:
        from rempart_core.model.waiver import apply

        results = [apply(result, target.name, target.group, waivers, time.time()) for result in results]
    run = Run(
        target=target,
        engine=identity,
        role=role,
        profile=profile.name if profile else "",
        started=started,
        ended=_utc(),
        results=results,
        excluded=excluded,
        notes=(*note_version(platform, system), *(selection.note_changes(selected, profile) if profile else ())),
        narrowed=request.globs,
        content=digest_of(selected),
        version=VERSION,
        role_given=bool(request.role),
        waiver_file=request.waivers,
        seconds=time.perf_counter() - began,
        unfinished=stop.reason if not results or any(one.failure == "interrupted" for one in results) else NOTHING,
    )
    if baseline is not None:
        from rempart_core.model.difference import apply_baseline

        run = apply_baseline(run, baseline)
    return run


def _recognise(request: Request, engine: Any, stop: Stop) -> tuple[str, str, str]:
    """Return platform, system and role; what the audit's end leaves unknown is ``""``."""
    from rempart_agent.audit.examine import detect_role, recognise

    platform = system = ""
    try:
        with stop.window():
            platform, system = recognise(engine)
            return platform, system, request.role or detect_role(engine, request.root is None, platform)
    except Stopped:
        return platform, system, request.role or ("image" if request.root is not None else "")


def _examine(
    content: Any,
    engine: Any,
    selected: Sequence[Selected],
    circumstances: Any,
    progress: Callable[[int, int, str], None] | None,
    stop: Stop,
) -> list[Result]:
    """Return a result for each check; those that were not asked before the audit's end say so."""
    from rempart_agent.audit.examine import cut_short, examine_each

    def tell(done: int, current: Selected) -> None:
        if progress is not None:
            progress(done, len(selected), current.check.id)

    judged: dict[int, Result] = {}
    try:
        with stop.window():
            for number, result in examine_each(selected, engine, circumstances, tell, content.parts, content.uses):
                stop.check()  # what was asked when the end came may have been broken off: it is no verdict
                judged[number] = result
    except Stopped:
        pass
    return [judged.get(number) or cut_short(one, stop.reason) for number, one in enumerate(selected)]


def name_target(request: Request) -> str:
    """Return the name that a run gives its target."""
    return request.root if request.root is not None else _host_name()


def _host_name() -> str:
    if sys.platform == "win32":
        return os.environ.get("COMPUTERNAME", "")
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return os.uname().nodename


def _utc() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _waivers(request: Request, content: Any) -> Any:
    if not request.waivers:
        return []
    from rempart_core.content.waiverfile import read_waivers

    return read_waivers(request.waivers, {check.id for check in content.checks})


def _expect_short(waivers: Any, most_days: int) -> None:
    """Refuse waivers that last longer than the profile allows; what none may exceed was refused when they were read."""
    from rempart_core.content.waiverfile import explain_long
    from rempart_core.error import ContentError, Mistake

    told = [(one, explain_long(one, time.time(), most_days)) for one in waivers]
    mistakes = [Mistake(one.file, one.line, 0, why) for one, why in told if why]
    if mistakes:
        raise ContentError(mistakes)


def _baseline(request: Request) -> Run | None:
    return read_run(request.baseline) if request.baseline else None


def read_run(path: str) -> Run:
    """Return the run of a run document; ``-`` reads standard input.

    Raises:
        UsageError: the file can't be read.
        DocumentError: it is no run document.
    """
    from rempart_core.documents import run_document

    try:
        if path == "-":
            return run_document.read(sys.stdin.buffer.read())
        with open(path, "rb") as file:
            return run_document.read(file.read())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
