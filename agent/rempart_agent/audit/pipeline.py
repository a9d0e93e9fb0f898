"""The audit of one target, from options to a run: what ``rempart audit`` and ``rempart-agent run`` share."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rempart_agent.audit.request import Request
from rempart_agent.audit.stop import NEVER, Stop, Stopped
from rempart_core.content.place import check_directories
from rempart_core.documents.run_document import read_run
from rempart_core.model.result import Exclusion, Result, Run, TargetIdentity
from rempart_core.model.selection import Selected
from rempart_core.model.tested_systems import note_version
from rempart_core.text import NOTHING
from rempart_core.version import VERSION


def audit(
    request: Request,
    note: Callable[[str], None],
    progress: Callable[[int, int, str], None] | None = None,
    stop: Stop = NEVER,
) -> Run:
    """Audit one target.

    Args:
        request: What is to be audited, and with what.
        note: Is told what the user must know: that another engine answers than might be expected.
        progress: Is told how many checks are done, how many there are, and which comes next.
        stop: What may end it before its time: the run says so then, and what was not asked.

    Raises:
        UsageError: the request can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
    """
    from rempart_agent.audit import content_cache
    from rempart_agent.audit.examine import Circumstances, digest_of, walk_values
    from rempart_agent.engines import registry
    from rempart_core.model import selection

    began, started = time.perf_counter(), _utc()
    engine = registry.open_engine(
        request.engine, request.socket, request.root, redact=True, say=note, history=request.history
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
