"""The audit of one target, from options to a run: what ``rempart audit`` and ``rempart-agent run`` share."""

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_agent.audit.stop import NEVER, Stop, Stopped
from rempart_agent.engine import Engine
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.result import Result, Run, TargetIdentity
from rempart_core.model.selection import Selected
from rempart_core.text import NOTHING
from rempart_core.timestamps import utc

if TYPE_CHECKING:  # what an audit needs is imported while the engine gets ready
    from rempart_agent.audit.host_checks import HostChecks


def audit(
    request: Request,
    note: Callable[[Message], None],
    progress: Callable[[int, int, str], None] | None = None,
    stop: Stop = NEVER,
) -> Run:
    """Audit one target.

    Args:
        request: What is to be audited, and with what.
        note: Is told what the user must know: that another engine answers than might be expected.
        progress: Is told how many checks are done, how many there are, and which comes next; before them, of images
            that are opened, no count and their name.
        stop: What may end it before its time: the run says so then, and what was not asked.

    Raises:
        UsageError: the request can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    from rempart_agent.audit import content_cache
    from rempart_agent.audit.finish import Span, finish
    from rempart_agent.audit.host_checks import CheckSelector
    from rempart_agent.audit.judging import compare, expect_short, read_baseline, read_waiver_files, waive
    from rempart_agent.engines import registry

    began, started = time.perf_counter(), utc()
    if request.images is not None and progress is not None:
        progress(0, 0, name_target(request))
    engine = registry.open_engine(
        request.engine,
        request.socket,
        request.root,
        redact=True,
        say=note,
        history=request.history,
        images=request.images,
    )  # gets ready while checks are read
    settings = HostSettings(request.role, request.profile, (), request.values, (), "", request.engine)
    try:
        here = "linux" if request.images is None and (not request.live or sys.platform.startswith("linux")) else ""
        content = content_cache.load(check_directories(request.directories), here)
        known = [one.id for one in content.checks] if request.waivers else ()
        files = read_waiver_files([request.waivers] if request.waivers else (), known)
        waivers = files.get(request.waivers, ())
        baseline = read_baseline(request.baseline)
        if len(baseline) > 1:
            many = Message("select.baseline_fleet", count=len(baseline))
            raise UsageError(Message("select.baseline", path=request.baseline, why=many))
        selector = CheckSelector(content, request)
        identity = engine.identity()
        platform, system, role = _recognise(request, engine, stop)
        checks = selector.select(settings, role, platform)
        expect_short(waivers, checks.max_waiver_days)
        results = _examine(content, engine, checks, platform, request.deadline, progress, stop)
        identity = identity if stop.asked else engine.identity()
    finally:
        engine.close()
    target = TargetIdentity(
        name=name_target(request),
        kind="image" if request.images else "machine" if request.live else "root",
        platform=platform,
        system=system,
    )
    run = finish(
        target,
        identity,
        checks,
        results,
        Span(started, utc(), time.perf_counter() - began),
        role_given=bool(request.role),
        waiver_file=request.waivers,
        narrowed=request.globs,
        unfinished=stop.reason if not results or any(one.failure == "interrupted" for one in results) else NOTHING,
        parts=content.parts,
    )
    run = waive(run._replace(container=engine.container()), (target.group,), waivers)
    return compare(run, next(iter(baseline.values()), None))


def _recognise(request: Request, engine: Any, stop: Stop) -> tuple[str, str, str]:
    """Return platform, system and role; what the audit's end leaves unknown is ``""``."""
    from rempart_agent.audit.recognise import detect_role, recognise

    platform = system = ""
    try:
        with stop.window():
            platform, system = recognise(engine)
            if request.images is not None:  # whatever is asked of one that was not read is an error, with the reason
                platform = platform or engine.platform() or "linux"
            return platform, system, request.role or detect_role(engine, request.live, platform)
    except Stopped:
        return platform, system, request.role or ("" if request.live else "image")


def _examine(
    content: Any,
    engine: Engine,
    checks: "HostChecks",
    platform: str,
    deadline: float,
    progress: Callable[[int, int, str], None] | None,
    stop: Stop,
) -> list[Result]:
    """Return a result for each check; those that were not asked before the audit's end say so."""
    from rempart_agent.audit.examine import Circumstances, cut_short, examine_each

    selected = checks.selected
    circumstances = Circumstances(platform, checks.role, engine.identity().privileged, deadline, walk=checks.walk)

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
    if request.images is not None:
        return ", ".join(request.images.files)
    return request.root if request.root is not None else _host_name()


def _host_name() -> str:
    if sys.platform == "win32":
        return os.environ.get("COMPUTERNAME", "")
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return os.uname().nodename
