"""The outline of a run: all that a whole fleet's sums need to know of it, in a few thousand bytes.

Of each check: state, severity, reason, waivers and the first thing that fails. A worker sends it; counts of a fleet,
its terminal and the formats that sum up read it as they would read the run. What a check says of itself both know.
"""

import json
from collections.abc import Mapping
from typing import Any

from rempart_core.json_value import Json
from rempart_core.model.check import Check, Remediation, Severity
from rempart_core.model.result import (
    AppliedChange,
    AppliedWaiver,
    EngineIdentity,
    Evidence,
    Exclusion,
    Result,
    Run,
    State,
    TargetIdentity,
)
from rempart_core.text import NOTHING, Text

_KNOWN = 5_000  # results that are kept
_WRITTEN = 1_000  # results that are kept with their evidence
_LONGEST = 2_000  # characters of one that is kept
_STATES = {state.value: state for state in State}
_SEVERITIES = {severity.value: severity for severity in Severity}


def shrink(run: Run) -> Run:
    """Return a run without what its outline leaves out; all that sums say of it they say of the run too."""
    return run._replace(results=[_shrink(result) for result in run.results])


def _shrink(result: Result) -> Result:
    evidence = result.evidence
    if evidence is not None and result.change is None:  # of what a change did, the sums tell what is seen now
        first = next((row for row in evidence.rows if row.get("ok") == "0"), None) if result.open else None
        evidence = evidence._replace(rows=[] if first is None else [first])
    return result._replace(
        evidence=evidence,
        witness=None,
        rationale=NOTHING,
        remediation=Remediation("", result.remediation.disruption, NOTHING),
        sql={},
        path="",
        not_examined=(),
        complete=NOTHING,
        parameters=result.parameters if result.defaults or (evidence and evidence.rows) else {},
        sentences=result.sentences if evidence and evidence.rows else None,
        seconds=0.0,
    )


def outline(run: Run, checks: Mapping[str, Check]) -> Json:
    """Return the outline of one run; see ``OutlineWriter``.

    Args:
        run: What was found.
        checks: What both sides know, by id.
    """
    return OutlineWriter(checks).write(run)


class OutlineWriter:
    """Writes outlines; of a result that several runs share it is written once.

    Args:
        checks: What both sides know, by id.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        """Know nothing yet."""
        self._checks = checks
        self._known: dict[int, tuple[Result, str]] = {}

    def write(self, run: Run) -> Json:
        """Return the outline of a run."""
        fields: list[Any] = [*run._replace(results=[])]
        return [*fields, list(map(self._write, run.results))]

    def _write(self, result: Result) -> str:
        known = self._known.get(id(result))
        if known is None:
            if len(self._known) >= _WRITTEN:
                self._known.clear()
            # The result is kept, so that no other one can have its place in memory.
            known = self._known[id(result)] = result, json.dumps(_outline_result(_shrink(result), self._checks))
        return known[1]


def _outline_result(result: Result, checks: Mapping[str, Check]) -> list[Any]:
    data = [result.check, result.revision, result.severity.value, result.state.value, *result.reason, result.failure]
    check = checks.get(result.check)
    own = None if check is not None and _says_the_same(result, check) else _tell_own(result)
    more: dict[str, Any] = {}
    for name in ("evidence", "waiver", "change", "sentences"):
        value = getattr(result, name)
        if value is not None:
            more[name] = value
    for name in ("incomplete", "expired_waivers", "parameters", "known", "defaults"):
        if value := getattr(result, name):
            more[name] = value
    if more:
        return [*data, own, more]
    return data if own is None else [*data, own]


def _says_the_same(result: Result, check: Check) -> bool:
    return (
        result.title == check.title
        and result.area == check.area
        and result.controls == check.controls
        and result.remediation.disruption == check.remediation.disruption
    )


def _tell_own(result: Result) -> list[Any]:
    return [result.title, result.area, result.controls, result.remediation.disruption]


class OutlineReader:
    """Reads outlines; what several hosts say alike of a check is read once.

    Args:
        checks: What both sides know, by id.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        """Know nothing yet."""
        self._checks = checks
        self._known: dict[str, Result] = {}

    def read(self, data: Json) -> Run:
        """Return the run that an outline tells of, as ``shrink`` leaves it.

        Args:
            data: What ``outline`` returned, after its way as JSON.
        """
        whole: Any = data
        *fields, results = whole
        run = Run(*fields)
        return run._replace(
            target=TargetIdentity(*run.target),
            engine=EngineIdentity(*run.engine),
            excluded=tuple(Exclusion(check, Text(*reason)) for check, reason in run.excluded),
            notes=tuple(Text(*note) for note in run.notes),
            narrowed=tuple(run.narrowed),
            unfinished=Text(*run.unfinished),
            results=[self._read_result(one) for one in results],
        )

    def _read_result(self, text: str) -> Result:
        found = self._known.get(text)
        if found is not None:
            return found
        found = _read_result(json.loads(text), self._checks)
        if len(text) <= _LONGEST:
            if len(self._known) >= _KNOWN:  # hosts that say nothing alike cost no memory without end
                self._known.clear()
            self._known[text] = found
        return found


def read_outline(data: Json, checks: Mapping[str, Check]) -> Run:
    """Return the run that one outline tells of; see ``OutlineReader``.

    Args:
        data: What ``outline`` returned, after its way as JSON.
        checks: What both sides know, by id.
    """
    return OutlineReader(checks).read(data)


def _read_result(data: list[Any], checks: Mapping[str, Check]) -> Result:
    id_, revision, severity, state, en, fr, failure, *rest = data
    own, more = (*rest, None, None)[:2]
    if own is None:
        check = checks[id_]
        title, area, controls, disruption = check.title, check.area, check.controls, check.remediation.disruption
    else:
        title, area, disruption = Text(*own[0]), own[1], own[3]
        controls = {name: tuple(ids) for name, ids in own[2].items()}
    return Result(
        check=id_,
        revision=revision,
        title=title,
        area=area,
        severity=_SEVERITIES[severity],
        state=_STATES[state],
        reason=Text(en, fr),
        rationale=NOTHING,
        remediation=Remediation("", disruption, NOTHING),
        controls=controls,
        failure=failure,
        **(_read_more(more) if more else {}),
    )


def _read_more(more: dict[str, Any]) -> dict[str, Any]:
    found = dict(more)
    if evidence := found.get("evidence"):
        found["evidence"] = Evidence(*evidence)
    if waiver := found.get("waiver"):
        found["waiver"] = _read_waiver(waiver)
    if expired := found.get("expired_waivers"):
        found["expired_waivers"] = tuple(map(_read_waiver, expired))
    if sentences := found.get("sentences"):
        found["sentences"] = {name: (en, fr) for name, (en, fr) in sentences.items()}
    if change := found.get("change"):
        id_, outcome, reason, before = change
        found["change"] = AppliedChange(id_, outcome, Text(*reason), tuple(before))
    return found


def _read_waiver(data: list[Any]) -> AppliedWaiver:
    waiver = AppliedWaiver(*data)
    return waiver._replace(items=tuple(waiver.items))
