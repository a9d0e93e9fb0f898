"""The run: one pass of a selection of checks over one target, one result for each, whatever happens."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rempart_agent.audit.render import columns_of, render_all
from rempart_agent.audit.walk_bounds import WALK_GRACE, walk_time, walks
from rempart_agent.engine import DEADLINE, MAX_ROWS, Deferred, Engine
from rempart_agent.formats.mask import mask_text  # before the worker is forked, which needs it too
from rempart_core.model.check import ORGANISATION, Block
from rempart_core.model.parameter import fill, seconds_of, split
from rempart_core.model.result import Answer, Failure, Result, State, name_sentences
from rempart_core.model.selection import Selected
from rempart_core.model.sentence import Wording
from rempart_core.model.verdict import (
    NEEDS_ROOT,
    NO_SYSTEM,
    NOT_WALKED,
    SOURCE_UNREAD,
    Verdict,
    compare_live,
    compare_witness,
    judge_failure,
    judge_rows,
    see_part,
)
from rempart_core.text import Text
from rempart_core.typography import COLON


class Circumstances(NamedTuple):
    """What a check is judged in.

    Attributes:
        platform: ``linux``, ``darwin``, ``windows`` or ``organisation``; ``""`` where no operating system was
            recognised.
        role: The role in force.
        privileged: Whether the run may read what only root may.
        deadline: Seconds for each statement.
        max_rows: Rows for each statement.
        walk: Whether the file systems may be walked; checks that need it are not checked otherwise.
    """

    platform: str
    role: str
    privileged: bool
    deadline: float = DEADLINE
    max_rows: int = MAX_ROWS
    walk: bool = False


def examine_all(
    selection: Sequence[Selected],
    engine: Engine,
    circumstances: Circumstances,
    progress: Callable[[int, Selected], None] | None = None,
    parts: Mapping[str, tuple[str, ...]] = {},
    uses: Mapping[str, Mapping[str, Sequence[str]]] = {},
    texts: Sequence[Mapping[str, str]] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> list[Result]:
    """Judge every selected check; one that goes wrong is an ``error`` and does not touch the others.

    Args:
        selection: The checks, with severity and parameter values in force.
        engine: What answers.
        circumstances: Platform, role, privileges, limits.
        progress: Is told the number done and the check that comes next.
        parts: Statements that ``parameter.split`` has taken apart already.
        uses: Statement to the tables that it names, and their columns that it reads; see ``Engine.expect``.
        texts: What ``render_all`` returned for the same selection and platform; None to render it here.
        columns: What ``columns_of`` returned for them; None to gather it here.
    """
    judged = dict(examine_each(selection, engine, circumstances, progress, parts, uses, texts, columns))
    return [judged[number] for number in range(len(selection))]


def examine_each(
    selection: Sequence[Selected],
    engine: Engine,
    circumstances: Circumstances,
    progress: Callable[[int, Selected], None] | None = None,
    parts: Mapping[str, tuple[str, ...]] = {},
    uses: Mapping[str, Mapping[str, Sequence[str]]] = {},
    texts: Sequence[Mapping[str, str]] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    is_known: Callable[[int], bool] = lambda _number: False,
) -> Iterator[tuple[int, Result]]:
    """Judge every selected check as ``examine_all`` does, and yield each as it is judged: its number and its result.

    Args:
        selection: See ``examine_all``, as for all that is not said here.
        engine: What answers.
        circumstances: Platform, role, privileges, limits.
        progress: Is told the number done and the check that comes next.
        parts: Statements that are taken apart.
        uses: What statements read.
        texts: Statements that are rendered.
        columns: Columns that are gathered.
        is_known: Is told the number of a check before it is judged, and returns whether the caller knows its result
            without; it may raise ``Deferred``, and is asked again then.
    """
    if texts is None:
        texts = render_all(selection, circumstances.platform, parts)
    engine.expect(columns_of(selection, circumstances.platform, uses) if columns is None else columns)
    engine.trust(_trusted(selection, circumstances.platform, uses, texts))
    todo = sorted(
        range(len(selection)), key=lambda at: walks(selection[at].check.platforms.get(circumstances.platform))
    )
    done = 0
    engine.defer(True)
    try:
        while todo:
            later = []
            for number in todo:
                selected = selection[number]
                if progress is not None:
                    progress(done, selected)
                try:
                    if not is_known(number):
                        yield number, examine(selected, engine, circumstances, texts[number])
                    done += 1
                except Deferred:
                    later.append(number)
            if later:
                engine.settle()
            todo = later
    finally:
        engine.defer(False)


def _trusted(
    selection: Sequence[Selected], platform: str, uses: Mapping[str, object], texts: Sequence[Mapping[str, str]]
) -> set[str]:
    """Return the statements that compiled when the checks were read: they differ from those in literals alone."""
    blocks = [selected.check.platforms.get(platform) for selected in selection]
    return {
        text[name]
        for block, text in zip(blocks, texts, strict=True)
        if block
        for name, sql in block.statements()
        if sql in uses and name in text
    }


def examine(selected: Selected, engine: Engine, circumstances: Circumstances, texts: Mapping[str, str] = {}) -> Result:
    """Judge one check.

    Args:
        selected: The check, with severity and parameter values in force.
        engine: What answers.
        circumstances: Platform, role, privileges, limits.
        texts: Its statements by name where they were rendered already.
    """
    began = time.perf_counter()
    check = selected.check
    block = check.platforms.get(circumstances.platform)
    sent: dict[str, str] = {}
    try:
        verdict = _verdict(selected, block, engine, circumstances, sent, texts)
    except Exception as error:  # noqa: BLE001 - one bad check must not end the run: it is its result
        verdict = judge_failure(Failure("engine", f"{type(error).__name__}: {error}"))
    return Result(
        check=check.id,
        revision=check.revision,
        title=check.title,
        area=check.area,
        severity=selected.severity,
        state=verdict.state,
        reason=verdict.reason,
        rationale=check.rationale,
        not_examined=check.not_examined,
        complete=check.complete,
        remediation=check.remediation,
        controls=check.controls,
        evidence=verdict.evidence,
        witness=verdict.witness,
        incomplete=verdict.incomplete,
        parameters=selected.parameters,
        defaults=selected.defaults,
        sql=sent,
        seconds=time.perf_counter() - began,
        path=check.path,
        failure=verdict.failure,
        sentences=name_sentences(check.sentences, verdict.evidence, verdict.witness),
    )


def cut_short(selected: Selected, reason: Text) -> Result:
    """Return the result of a check that was not asked, since the audit ended before.

    Args:
        selected: The check, with severity and parameter values in force.
        reason: Why the audit ended before it, in both languages; the result says it.
    """
    check = selected.check
    return Result(
        check=check.id,
        revision=check.revision,
        title=check.title,
        area=check.area,
        severity=selected.severity,
        state=State.NOT_CHECKED,
        reason=describe_cut(reason),
        rationale=check.rationale,
        not_examined=check.not_examined,
        complete=check.complete,
        remediation=check.remediation,
        controls=check.controls,
        parameters=selected.parameters,
        defaults=selected.defaults,
        path=check.path,
        failure="interrupted",
    )


def describe_cut(reason: Text) -> Text:
    """Return what a report says of what was not asked, since the audit ended before."""
    return Text(f"INTERRUPTED, not asked: {reason.en}", f"INTERROMPU, non interrogé{COLON}{reason.fr}")


def _verdict(
    selected: Selected,
    block: Block | None,
    engine: Engine,
    circumstances: Circumstances,
    sent: dict[str, str],
    texts: Mapping[str, str],
) -> Verdict:
    if not circumstances.platform:
        return Verdict(State.NOT_CHECKED, NO_SYSTEM, failure="no_system")
    if block is None:
        platform = circumstances.platform
        return Verdict(State.NOT_APPLICABLE, Text(f"not asked on {platform}", f"sans objet sous {platform}"))
    if selected.check.roles == ("image",) and circumstances.role != "image":
        reason = Text(
            "asked of images only, not of a machine in service",
            "demandé pour les images seulement, pas pour une machine en service",
        )
        return Verdict(State.NOT_APPLICABLE, reason)
    walking = walks(block)
    if walking and not circumstances.walk:  # said before the privileges: root alone would not help
        return Verdict(State.NOT_CHECKED, NOT_WALKED, failure="not_walked")
    if block.privilege == "root" and not circumstances.privileged:
        return Verdict(State.NOT_CHECKED, NEEDS_ROOT, failure="privilege")

    deadline = circumstances.deadline
    if "search_seconds" in selected.parameters:
        deadline = max(deadline, seconds_of(selected.parameters, "search_seconds") + WALK_GRACE)
    if walking:
        deadline = max(deadline, walk_time(selected.parameters))

    def ask(name: str, sql: str) -> Answer:
        sent[name] = texts.get(name) or fill(split(sql), selected.check.parameters, selected.parameters)
        answer = engine.query(sent[name], deadline, circumstances.max_rows)
        if answer.failure is not None and answer.failure.kind == "no_table":
            from rempart_agent.engines import absent_table

            explained = absent_table.explain_failure(answer.failure, engine.identity().name, circumstances.platform)
            return answer._replace(failure=explained)
        return _without_secrets(answer)

    if block.applies is not None:
        answer = ask("applies", block.applies.query)
        if answer.failure is not None:
            return judge_failure(answer.failure)
        if not answer.rows:
            return Verdict(State.NOT_APPLICABLE, block.applies.otherwise)
    if block.probe:
        answer = ask("probe", block.probe)
        if answer.failure is not None:
            return judge_failure(answer.failure)
        if not answer.rows:
            return Verdict(State.ERROR, SOURCE_UNREAD, failure="probe")
    wording = Wording(selected.check.sentences, selected.parameters) if selected.check.sentences else None
    answer = ask("query", block.query)
    if answer.failure is not None and answer.failure.kind in {"no_table", "no_column"} and block.fallback is not None:
        answer = ask("fallback", block.fallback.query)
        verdict = judge_rows(answer, block.when_empty, "fallback", block.empty_reason, wording)
        return see_part(verdict) if block.fallback.sees == "part" else verdict
    verdict = judge_rows(answer, block.when_empty, empty_reason=block.empty_reason, wording=wording)
    if block.cross_check:
        second = judge_rows(ask("cross_check", block.cross_check), "not_checked", "cross_check", wording=wording)
        compare = compare_live if circumstances.platform == ORGANISATION else compare_witness
        verdict = compare(verdict, second)
    return verdict


def _without_secrets(answer: Answer) -> Answer:
    """Return an answer in which what has the form of a secret is masked: its rows become evidence in every report."""
    whole = "\n".join([cell for row in answer.rows for cell in row if cell])
    if not whole or mask_text(whole) == whole:
        return answer
    return answer._replace(rows=[tuple(mask_text(cell) if cell else cell for cell in row) for row in answer.rows])
