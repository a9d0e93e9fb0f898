"""The audit of an organisation: its registers as one more target, with the same checks, verdicts and waivers."""

import os
import time
from typing import TYPE_CHECKING

from rempart_agent.audit import content_cache
from rempart_agent.audit.examine import Circumstances, examine_all
from rempart_agent.audit.finish import Span, finish
from rempart_agent.audit.host_checks import CheckSelector, HostChecks
from rempart_agent.audit.judging import compare, expect_short, read_baseline, read_waiver_files, waive
from rempart_agent.audit.register_decisions import decide_applicability, list_notes
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_agent.engines.registers import Live, RegistersEngine
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Run, TargetIdentity
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers
from rempart_core.text import clean_line
from rempart_core.timestamps import utc

if TYPE_CHECKING:
    from collections.abc import Collection

KIND = "organisation"
GROUP = "organisation"
SYSTEM = "registers"
"""What stands for the operating system that a machine has."""


def audit(request: Request, folder: str, live: Live, taken: "Collection[str]" = ()) -> Run:
    """Audit an organisation.

    Args:
        request: What is asked; what is about machines in it does not count.
        folder: The registers.
        live: What machines and incidents showed.
        taken: Names of targets that it must not have.

    Raises:
        UsageError: The folder can't be read, or the request can't be done.
        ContentError: Checks, profiles, parameters or waivers hold mistakes.
    """
    began, started = time.perf_counter(), utc()
    registers = read_registers(folder, int(time.time()))
    content = content_cache.load(check_directories(request.directories), ORGANISATION)
    known = [one.id for one in content.checks] if request.waivers else ()
    files = read_waiver_files([request.waivers] if request.waivers else (), known)
    baseline = read_baseline(request.baseline)
    checks = _select(CheckSelector(content, request), request)
    waivers = files.get(request.waivers, ())
    expect_short(waivers, checks.max_waiver_days)
    engine = RegistersEngine(registers, live)
    try:
        circumstances = Circumstances(ORGANISATION, ORGANISATION, privileged=True, deadline=request.deadline)
        results = decide_applicability(
            examine_all(checks.selected, engine, circumstances, parts=content.parts), registers
        )
        identity = engine.identity()
    finally:
        engine.close()
    target = TargetIdentity(name_of(registers, taken), KIND, GROUP, ORGANISATION, SYSTEM)
    run = finish(
        target,
        identity,
        checks,
        results,
        Span(started, utc(), time.perf_counter() - began),
        role_given=True,
        waiver_file=request.waivers,
        narrowed=request.globs,
    )
    run = run._replace(notes=(*list_notes(registers), *run.notes))
    run = waive(run, (GROUP,), waivers)
    return compare(run, baseline.get(target.name))


def _select(selector: CheckSelector, request: Request) -> HostChecks:
    """Return what is asked: what the profile takes of the checks of organisations, or all where it takes none."""
    settings = HostSettings(ORGANISATION, request.profile, (), request.values, (), "", "")
    try:
        return selector.select(settings, ORGANISATION, ORGANISATION)
    except UsageError:
        if not request.profile or request.globs:
            raise
        return selector.select(settings._replace(profile=""), ORGANISATION, ORGANISATION)


def name_of(registers: Registers, taken: "Collection[str]" = ()) -> str:
    """Return what an organisation is called: by its register, else by its folder.

    Args:
        registers: Its registers.
        taken: Names of other targets, which it gets none of.
    """
    rows = registers["organisation"].rows
    name = clean_line(rows[0]["name"]) if rows else ""
    name = name or os.path.basename(os.path.abspath(registers.folder)) or ORGANISATION
    return f"{name} ({ORGANISATION})" if name in taken else name
