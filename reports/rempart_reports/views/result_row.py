"""Results as flat records: one for each result, complete in itself, for formats that a program or a sheet reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from rempart_core.model.deviation import tell_values
from rempart_core.model.result import Result, Run
from rempart_core.model.unheard import unheard
from rempart_reports.views.change_outcome import note_of
from rempart_reports.views.finding import write_message
from rempart_reports.views.host import describe_interruption, kind_of
from rempart_reports.views.last_answer import answer_of
from rempart_reports.views.last_known import Known, recall
from rempart_reports.views.options import Options
from rempart_reports.views.past import Past, look_up
from rempart_reports.writing.translation import word

COLUMNS = (
    "target", "group", "platform", "system", "machine_id", "role", "profile", "started", "answered", "check",
    "revision", "title", "area", "severity", "state", "open", "reason", "failing", "undecided", "passing",
    "failure", "waived_until", "waiver", "controls", "engine", "content", "version", "chain_head", "values_changed",
    "narrowed", "not_checked",
)  # fmt: skip
PAST = ("open_since", "change", "was", "last_known")
"""What a store adds: since when it fails, how it changed since the run before, what it was then; of a host that gave no
answer, what it was by its last one, where that is an open finding."""


APPLIED = ("applied_change", "outcome", "outcome_reason", "before", "after")
"""What a run after a change adds: which change it was, what it came to and why, what was seen before and after it."""


Cell: TypeAlias = str | int | bool | Mapping[str, Sequence[str]]
"""A text, a count, true or false, or the requirements by framework."""


def name_columns(options: Options) -> tuple[str, ...]:
    """Return the columns of a report: none is there that only a store, or a change, could fill without one."""
    return (*COLUMNS, *(() if options.opened is None else PAST), *(APPLIED if options.changed else ()))


def flatten(run: Run, options: Options) -> Iterator[tuple[dict[str, Cell], Result | None]]:
    """Yield a record of each result with the result itself; of a run without results one that says so, and None.

    A target that was not heard is one record too: ``not_checked`` lists its checks, ``last_known`` those left open.

    Texts are as they came, untrusted. ``state`` is the state; ``open`` is true for findings that count. ``reason``
    names the waiver of a waived one. ``answered`` is when the target answered, of a silent one its last answer that is
    known.

    Args:
        run: The run.
        options: In which language, and what a store or a change adds; see :func:`name_columns`.
    """
    common: dict[str, Cell] = {
        "target": run.target.name,
        "group": run.target.group,
        "platform": run.target.platform,
        "system": run.target.system,
        "machine_id": run.target.machine_id,
        "role": run.role,
        "profile": run.profile,
        "started": run.started,
        "answered": answer_of(run, options),
    }
    source: dict[str, Cell] = {
        "engine": f"{run.engine.name} {run.engine.version}".strip(),
        "content": run.content,
        "version": run.version,
        "chain_head": options.head,
        "narrowed": " ".join(run.narrowed),
        "not_checked": "",
    }
    past = None if options.opened is None else look_up(run, options)
    known = {one.check: one for one in recall(run, options) or ()}
    if (first := unheard(run)) is not None:
        empty = dict.fromkeys(name_columns(options), "") | common | source
        told = {"state": first.state.value, "open": False, "reason": write_message(first, options.language)}
        listed = " ".join(result.check for result in run.results)
        left = {} if past is None else {"last_known": " ".join(known)}
        yield empty | told | {"failure": first.failure, "not_checked": listed} | left, None
        return
    # what was not asked comes first, since it is what a reader has to know first
    for result in sorted(run.results, key=lambda one: one.failure != "interrupted"):
        record = common | _describe(result, options.language) | source
        record = record if past is None else record | _remember(result, past, known)
        yield (record | _tell_change(result, options.language) if options.changed else record), result
    if not run.results:
        nothing: dict[str, Cell] = dict.fromkeys(name_columns(options), "")
        reason = (
            describe_interruption(run, options.language) if run.unfinished.en else word("no_results", options.language)
        )
        failure = "interrupted" if run.unfinished.en else "no_results"
        yield (
            nothing | common | source | {"state": "error", "open": False, "reason": reason, "failure": failure},
            None,
        )


def _describe(result: Result, language: str) -> dict[str, Cell]:
    evidence, waiver = result.evidence, result.waiver
    return {
        "check": result.check,
        "revision": result.revision,
        "title": result.title.get(language),
        "area": result.area,
        "severity": result.severity.value,
        "state": result.state.value,
        "open": kind_of(result) == "fail",
        "reason": write_message(result, language),
        "failing": evidence.failing if evidence else 0,
        "undecided": evidence.undecided if evidence else 0,
        "passing": evidence.passing if evidence else 0,
        "failure": result.failure,
        "waived_until": waiver.end if waiver else "",
        "waiver": waiver.reason if waiver else "",
        "values_changed": "; ".join(tell_values(result)),
        "controls": {framework: list(requirements) for framework, requirements in result.controls.items()},
    }


def _tell_change(result: Result, language: str) -> dict[str, Cell]:
    note = note_of(result, language)
    values = (note.change, note.outcome.value, note.reason, note.before, note.after) if note else ("",) * len(APPLIED)
    return dict(zip(APPLIED, values, strict=True))


def _remember(result: Result, past: Past, known: Mapping[str, Known]) -> dict[str, Cell]:
    change = past.changes.get(result.check)
    return {
        "open_since": past.since(result),
        "change": change.kind if change else "",
        "was": change.was.value if change and change.was else "",
        "last_known": "fail" if result.check in known else "",
    }
