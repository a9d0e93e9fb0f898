"""The run document: a run as JSON with a schema version.

What a machine said stays text: every character beyond ASCII and every control character is escaped, so that a document
can be shown on a terminal, and half a surrogate pair becomes U+FFFD, since not every reader of JSON takes one
(RFC 7493, section 2.1).
"""

import sys
from collections.abc import Mapping
from typing import Any

from rempart_core.documents.json_text import holds_surrogate, load, mend
from rempart_core.documents.record import Record
from rempart_core.documents.run_identity import read_container, read_engine, read_proof, read_target
from rempart_core.error import DocumentError, UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.check import Remediation, Severity, Step
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import (
    FAILURES,
    UNJUDGED,
    AppliedChange,
    AppliedWaiver,
    Evidence,
    Exclusion,
    Result,
    Run,
    State,
    count,
)
from rempart_core.model.unheard import unheard
from rempart_core.text import NOTHING, Text

SCHEMA = "rempart.run/1"
SIZE_LIMIT = 64 * 1024 * 1024


def write(run: Run) -> str:
    """Return the run as a JSON text, one line feed at its end; the same run gives the same text."""
    import json

    data = to_data(run)
    text = json.dumps(data, indent=1, allow_nan=False)
    if "\\ud" in text:  # a character beyond the first plane, or half a pair
        text = json.dumps(mend(data), indent=1, allow_nan=False)
    return text + "\n"


def to_data(run: Run, *, results: bool = True) -> dict[str, Json]:
    """Return the run as plain data: dictionaries, lists, texts, numbers, true, false and None.

    Args:
        run: The run.
        results: Whether the results, which stand last, are wanted.
    """
    return {
        "schema": SCHEMA,
        "version": run.version,
        # first, since it is what a reader has to know first; of a finished run there is nothing to say
        **({} if run.unfinished == NOTHING else {"unfinished": run.unfinished._asdict()}),
        "target": run.target._asdict(),
        **({"container": run.container._asdict()} if run.container else {}),
        **({"proof": run.proof} if run.proof else {}),
        "engine": run.engine.fields(),
        "role": run.role,
        "role_given": run.role_given,
        "profile": run.profile,
        "content": run.content,
        "started": run.started,
        "ended": run.ended,
        "seconds": run.seconds,
        "waiver_file": run.waiver_file,
        "baseline": run.baseline,
        "notes": [note._asdict() for note in run.notes],
        **({"narrowed": list(run.narrowed)} if run.narrowed else {}),
        "counts": count(run.results),
        "excluded": [{"check": one.check, "reason": one.reason._asdict()} for one in run.excluded],
        **(_list_results(run) if results else {}),
    }


def _list_results(run: Run) -> dict[str, Any]:
    """Return the results; of a target that was not heard what it was not asked, as a list: nothing else is known."""
    first = unheard(run)
    if first is None:
        return {"results": [describe_result(result) for result in run.results]}
    checks: dict[str, list[str]] = {}
    for result in run.results:
        checks.setdefault(result.severity.value, []).append(result.check)
    return {
        "results": [],
        "not_checked": {"failure": first.failure, "reason": first.reason._asdict(), "checks": checks},
    }


def describe_result(result: Result) -> dict[str, Json]:
    """Return one result as plain data."""
    data = result._asdict()
    data["severity"] = result.severity.value
    data["state"] = result.state.value
    for name in ("title", "reason", "rationale"):
        data[name] = data[name]._asdict()
    data["remediation"] = _remediation_data(result.remediation)
    data["controls"] = {name: list(ids) for name, ids in result.controls.items()}
    for name in ("evidence", "witness"):
        data[name] = data[name] and describe_evidence(data[name])
    data["waiver"] = result.waiver and _waiver_data(result.waiver)
    if result.change is None:
        del data["change"]  # of a plain audit: what it never has is not written
    else:
        change = result.change
        data["change"] = {**change._asdict(), "reason": change.reason._asdict(), "before": list(change.before)}
    if result.not_examined:
        data["not_examined"] = [text._asdict() for text in result.not_examined]
    else:
        del data["not_examined"]
    if result.complete == NOTHING:
        del data["complete"]
    else:
        data["complete"] = result.complete._asdict()
    if not result.defaults:
        del data["defaults"]  # of a check that is asked as it is written
    if result.sentences is None:
        del data["sentences"]  # of a check that tells what it saw in its own English
    else:
        data |= describe_sentences(result.sentences)
    data["expired_waivers"] = [_waiver_data(waiver) for waiver in result.expired_waivers]
    return data


def describe_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return what was seen as plain data, without the reasons where no row holds one."""
    return {name: value for name, value in evidence._asdict().items() if name != "whys" or value}


def describe_sentences(sentences: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return the sentences that the evidence of a result names, as plain data of the result."""
    return {"sentences": {name: {"en": en, "fr": fr} for name, (en, fr) in sentences.items()}}


def _remediation_data(remediation: Remediation) -> dict[str, Any]:
    data = {**remediation._asdict(), "manual": remediation.manual._asdict()}
    if remediation.steps:
        data["steps"] = {system: [_step_data(step) for step in steps] for system, steps in remediation.steps}
    else:
        del data["steps"]
    return data


def _step_data(step: Step) -> dict[str, str]:
    return {"command": step.command} if step.command else step.text._asdict()


def _waiver_data(waiver: AppliedWaiver) -> dict[str, Any]:
    data = {**waiver._asdict(), "items": list(waiver.items)}
    if not waiver.ticket:  # what was signed without it stays what it is
        del data["ticket"]
    return data


def read(document: str | bytes) -> Run:
    """Read a run document.

    Keys that this version does not know are passed over, and those that have a default may be missing: both belong to
    other versions of the same schema.

    Raises:
        DocumentError: It is none, is damaged, or has another schema; the text is one clear sentence.
    """
    if len(document) > SIZE_LIMIT:
        raise DocumentError(Message("document.too_large", size=SIZE_LIMIT // 1024 // 1024))
    data = load(document)
    fields = Record(data, "")
    schema = data.get("schema")
    if schema != SCHEMA:
        name = schema.partition("/")[0] if isinstance(schema, str) else ""
        if name == SCHEMA.partition("/")[0]:
            raise DocumentError(Message("document.other_schema", schema=schema[:40], known=SCHEMA))
        raise DocumentError(Message("document.no_schema", known=SCHEMA))
    run = _read_run(Record(mend(data), "") if holds_surrogate(document) else fields)
    expect_consistent(run, data)
    return run


def expect_consistent(run: Run, data: Mapping[str, Any]) -> None:
    """Refuse a document that contradicts itself: it was damaged, or written by hand.

    Args:
        run: What was read of it.
        data: Its keys besides the results.

    Raises:
        DocumentError: It does.
    """
    ids = [result.check for result in run.results]
    if len(set(ids)) != len(ids):
        twice = next(id_ for id_ in ids if ids.count(id_) > 1)
        raise DocumentError(Message("document.twice", check=twice[:40]))
    counted = count(run.results)
    stated = data.get("counts", counted)
    if not isinstance(stated, dict) or any(stated.get(name, number) != number for name, number in counted.items()):
        raise DocumentError(Message("document.counts"))


def read_run_of(data: Mapping[str, Any]) -> Run:
    """Return the run of a document that was loaded, its schema known; whether it is consistent is not looked at.

    Raises:
        DocumentError: A key is missing, or has another type.
    """
    return _read_run(Record(data, ""))


def _read_run(fields: Record) -> Run:
    return Run(
        target=read_target(fields.part("target")),
        container=fields.optional("container", read_container),
        engine=read_engine(fields.part("engine")),
        role=fields.text("role"),
        profile=fields.text("profile"),
        started=fields.text("started"),
        ended=fields.text("ended"),
        results=[*fields.parts("results", read_result), *(fields.optional("not_checked", _read_unheard) or [])],
        excluded=tuple(fields.parts("excluded", lambda part: Exclusion(part.text("check"), part.words("reason")))),
        content=fields.text("content", ""),
        version=fields.text("version", ""),
        role_given=fields.flag("role_given"),
        waiver_file=fields.text("waiver_file", ""),
        baseline=fields.text("baseline", ""),
        seconds=fields.seconds("seconds"),
        notes=tuple(fields.parts("notes", _read_words)),
        narrowed=fields.texts("narrowed"),
        unfinished=fields.optional("unfinished", _read_words) or NOTHING,
        proof=read_proof(fields),
    )


def read_result(part: Record) -> Result:
    """Return one result.

    Raises:
        DocumentError: A key is missing, or has another type.
    """
    failure = part.text("failure", "")
    if failure and failure not in FAILURES and failure not in UNJUDGED:
        raise DocumentError(Message("document.failure_kind", kind=failure[:40]))
    return Result(
        check=part.text("check"),
        revision=part.integer("revision"),
        title=part.words("title"),
        area=part.text("area"),
        severity=part.member("severity", Severity),
        state=part.member("state", State),
        reason=part.words("reason"),
        rationale=part.words("rationale"),
        remediation=_read_remediation(part.part("remediation")),
        controls=part.map("controls", lambda inner, name: inner.texts(name)),
        evidence=part.optional("evidence", read_evidence),
        witness=part.optional("witness", read_evidence),
        incomplete=part.flag("incomplete"),
        waiver=part.optional("waiver", _read_waiver),
        expired_waivers=tuple(part.parts("expired_waivers", _read_waiver)),
        parameters=part.map("parameters", lambda inner, name: inner.value(name)),
        sql=part.map("sql", lambda inner, name: inner.text(name)),
        seconds=part.seconds("seconds"),
        path=part.text("path", ""),
        known=part.flag("known"),
        failure=failure,
        change=part.optional("change", _read_change),
        not_examined=tuple(part.parts("not_examined", _read_words)),
        complete=part.optional("complete", _read_words) or NOTHING,
        defaults=part.map("defaults", lambda inner, name: inner.value(name)),
        sentences=part.map("sentences", lambda inner, name: inner.words(name)) if part.holds("sentences") else None,
    )


def _read_unheard(part: Record) -> list[Result]:
    """Return the results of a target that was not heard, in the order of their ids; what checks are is not told."""
    reason = part.words("reason")
    failure = part.text("failure")
    if failure not in UNJUDGED:
        raise DocumentError(Message("document.failure_kind", kind=failure[:40]))
    found = []
    for severity, ids in part.map("checks", lambda inner, name: (Severity(name), inner.texts(name))).values():
        for id_ in ids:
            told = Text(id_, id_)
            nothing = Remediation("", "manual", NOTHING)
            result = Result(
                id_, 0, told, "", severity, State.NOT_CHECKED, reason, NOTHING, nothing, {}, failure=failure
            )
            found.append(result)
    return sorted(found, key=lambda one: one.check)


def _read_words(part: Record) -> Text:
    return Text(part.text("en"), part.text("fr"))


def _read_change(part: Record) -> AppliedChange:
    reason = part.optional("reason", _read_words) or NOTHING
    return AppliedChange(part.text("id"), part.member("outcome", Outcome).value, reason, part.texts("before"))


def _read_remediation(part: Record) -> Remediation:
    steps = part.map("steps", lambda inner, system: tuple(inner.parts(system, _read_step)))
    return Remediation(part.text("role"), part.text("disruption"), part.words("manual"), tuple(steps.items()))


def _read_step(part: Record) -> Step:
    command = part.text("command", "")
    return Step(command=command) if command else Step(Text(part.text("en"), part.text("fr")))


def read_evidence(part: Record) -> Evidence:
    """Return what a statement found.

    Raises:
        DocumentError: A key is missing, or has another type; it has more rows of a kind than it counts.
    """
    evidence = Evidence(
        rows=part.parts("rows", _read_row),
        failing=part.integer("failing"),
        undecided=part.integer("undecided"),
        passing=part.integer("passing"),
        statement=part.text("statement", "query"),
        whys=part.free("whys"),
    )
    shown = [row.get("ok") for row in evidence.rows]
    if shown.count("0") > evidence.failing or shown.count("1") > evidence.passing:
        raise DocumentError(Message("document.rows"))
    return evidence


def _read_row(part: Record) -> dict[str, str]:
    return {key: part.text(key) for key in part.names()}


def _read_waiver(part: Record) -> AppliedWaiver:
    return AppliedWaiver(
        reason=part.text("reason"),
        owner=part.text("owner"),
        end=part.text("end"),
        items=part.texts("items"),
        expired=part.flag("expired"),
        target=part.text("target", "*"),
        ticket=part.text("ticket", ""),
    )


def read_run(path: str) -> Run:
    """Return the run of a run document; ``-`` reads standard input.

    Raises:
        UsageError: the file can't be read.
        DocumentError: it is no run document.
    """
    try:
        return read(_bytes(path))
    except DocumentError as error:
        raise DocumentError(Message("document.in_file", path=path, error=error.message)) from error


def read_runs(path: str) -> list[Run]:
    """Return the runs of a file: one document, or one a line, as a fleet's are written; ``-`` reads standard input.

    Raises:
        UsageError: the file can't be read.
        DocumentError: it holds something else.
    """
    data = _bytes(path)
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not all(line.startswith(b"{") and line.rstrip().endswith(b"}") for _, line in lines) or not lines:
        lines = [(1, data)]
    runs = []
    for number, line in lines:
        try:
            runs.append(read(line))
        except DocumentError as error:
            raise DocumentError(Message("document.at_line", path=path, number=number, error=error.message)) from error
    return runs


def _bytes(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error
