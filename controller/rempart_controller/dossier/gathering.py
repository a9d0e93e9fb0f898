"""What a report is made from: the store at one date or two, the catalogue, the registers."""

import hashlib
import time as clock
from collections.abc import Mapping, Sequence
from functools import partial

from rempart_controller.dossier.request import ReportRequest
from rempart_controller.dossier.risk_facts import assess_moment
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.framework import ORGANISATION, Framework
from rempart_core.registers.register import Registers
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.timestamps import write_moment
from rempart_core.version import VERSION
from rempart_reports.views.dossier.gather import gather
from rempart_reports.views.dossier.model import ORGANISATION as THE_ORGANISATION
from rempart_reports.views.dossier.model import Content, Dossier, Moment
from rempart_reports.views.dossier.sample import draw_sample
from rempart_store.store import Store

_DAY = 86_400  # seconds
_PERIOD = 90 * _DAY


def gather_dossier(store: Store, request: ReportRequest) -> tuple[Dossier, Moment]:
    """Return the numbers of a report, and the answers that they come from.

    Args:
        store: What is remembered.
        request: What is asked for.

    Raises:
        UsageError: There is no run, none at a date, or no such framework; a date is in the future; there is
            nothing that a sample could be drawn from.
        ContentError: Checks, frameworks, scenarios or registers hold mistakes, or an acceptance has a wrong signature.
    """
    content = read_content(request.frameworks)
    runs = store.runs()
    if not runs:
        raise UsageError(Message("report.no_runs"))
    first, last = min(run.ended for run in runs), max(run.ended for run in runs)
    at = last if request.at is None else _read(store, "--at", request.at, first)
    if at > max(last, (int(clock.time()) // _DAY + 1) * _DAY):
        raise UsageError(Message("store.future", time=str(request.at)))
    since = None if request.since is None else _read(store, "--from", request.since, first)
    if since is not None and since >= at:
        raise UsageError(Message("report.not_after", since=str(request.since), at=write_moment(at)))
    now = read_moment(store, at)
    if request.sample and not now.head:
        raise UsageError(Message("report.no_sample"))
    begin = max(first, at - _PERIOD) if since is None else since
    drawn = [host.name for host in now.hosts if host.platform != THE_ORGANISATION]
    sample = draw_sample(now.head, drawn, request.sample) if request.sample else ()
    registers = _read_registers(request.registers, at)
    dossier = Dossier(
        now=gather(now, content, {one.host for one in sample} if sample else None),
        then=None if since is None else gather(read_moment(store, since), content),
        since=begin,
        runs=sum(begin <= run.ended <= at for run in runs),
        first=first,
        trend=store.trend(begin, at),
        content=content,
        head=now.head,
        sample=sample,
        registers=registers,
        risk=assess_moment(now, registers) if request.files.keys() & {"html", "pdf"} else None,
        sql=request.sql,
    )
    return dossier, now


def read_moment(store: Store, at: int) -> Moment:
    """Return what a store knows of a moment.

    Args:
        store: What is remembered.
        at: The moment, seconds since 1970.
    """
    return Moment(at, store.fleet(at), partial(store.stream, at), store.head(at))


def _read(store: Store, option: str, text: str, first: int) -> int:
    found = store.moment(text, end=True)
    if found < first:
        raise UsageError(Message("report.too_early", option=option, time=text, first=write_moment(first)))
    return found


def _read_registers(folder: str, at: int) -> Registers | None:
    from rempart_core.registers.reader import read_registers

    return read_registers(folder, at) if folder else None


def read_content(frameworks: Sequence[str]) -> Content:
    """Return the catalogue, with the frameworks that are to be reported.

    Args:
        frameworks: Their ids.

    Raises:
        UsageError: There is no such framework.
        ContentError: Checks or frameworks hold mistakes.
    """
    from rempart_agent.audit import content_cache
    from rempart_core.content.frameworkfile import read_frameworks

    directories = check_directories([])
    known = {id_: one for id_, one in read_frameworks(directories).items() if id_ != ORGANISATION}
    checks = {check.id: check for check in content_cache.load(directories).checks}
    digest = hashlib.sha256("".join(f"{id_} {checks[id_].digest}\n" for id_ in sorted(checks)).encode()).hexdigest()
    return Content(checks, {id_: _find(id_, known) for id_ in frameworks}, digest, VERSION)


def _find(id_: str, known: Mapping[str, Framework]) -> Framework:
    if id_ not in known:
        raise UsageError(Message("checks.no_framework", name=quoted(id_), hint=suggestion_of(id_, known)))
    return known[id_]
