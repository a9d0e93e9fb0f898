"""SARIF 2.1.0, for code scanning: findings, accepted ones with their waiver, and what was not judged, as results.

A result is one check on one target. What passed is counted in the properties and stands nowhere else. All targets are
one SARIF run, since GitHub takes 20 at most; it shows 5,000 results of a file, takes 10 MB packed, and wants a file to
pin each result to. Sources: OASIS, "Static Analysis Results Interchange Format Version 2.1.0"; GitHub Docs, "SARIF
support for code scanning".
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, TextIO
from urllib.parse import quote

from rempart_core.model.check import Severity
from rempart_core.model.gate import exit_status, is_gap
from rempart_core.model.result import AppliedWaiver, Result, Run, State
from rempart_core.text import quiet_json
from rempart_core.version import VERSION
from rempart_reports.views.change_outcome import describe_applied
from rempart_reports.views.finding import write_message
from rempart_reports.views.fix import list_fix
from rempart_reports.views.host import (
    describe_interruption,
    describe_waiver,
    group_by_reason,
    kind_of,
    remarks_of,
    sort_out,
)
from rempart_reports.views.last_answer import is_silent
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import flow, mark_of, show, show_row
from rempart_reports.writing.translation import plural, word

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LIMIT = 5000  # results, the last of which says what was cut
ROWS = 10  # of evidence for each result
_TEXT = 1500  # characters of a message: 5,000 of them are less than 10 MB
_NOTIFIED = 20  # reasons why checks were not judged, for each target
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
_INCOMPLETE = 3  # exit status
_NOT_JUDGED = "/not-judged"
_OPEN: dict[str, list[Any]] = {"suppressions": []}  # section 3.27.23: where one result has them, all have
_CUT, _HOST = "rempart/cut", "rempart/target-not-judged"


def write(runs: Iterable[Run], out: TextIO, options: Options) -> None:
    """See Format.write. Results come first, so that the rules that they name are known when these are written."""
    log = _Log(out, options)
    out.write(f'{{"$schema":{_encode(SCHEMA)},"version":"2.1.0","runs":[{{"results":[')
    for run in runs:
        log.add(run)
    log.finish()
    out.write("\n]," + _encode(log.rest())[1:] + "]}\n")


class _Log:
    """A SARIF run on its way out; of what was written it keeps the rules, a few lines for each target, and counts."""

    def __init__(self, out: TextIO, options: Options) -> None:
        self._out = out
        self._options = options
        self._language = options.language
        self._rules: dict[str, dict[str, Any]] = {}
        self._invocations: list[dict[str, Any]] = []
        self._counts: dict[str, int] = {}
        self._names: list[str] = []
        self._written = 0
        self._lost: Counter[Severity] = Counter()

    def add(self, run: Run) -> None:
        """Write the results of a target."""
        for result in run.results:
            kind = kind_of(result)
            self._counts[kind] = self._counts.get(kind, 0) + 1
        if len(self._names) < 2:  # how many there are beyond one says the shape of the name
            self._names.append(run.target.name)
        groups = sort_out(run.results)
        self._invocations.append(self._invoke(run, groups.not_checked))
        whole = bool(run.unfinished.en) or is_silent(run) or not run.results
        unseen = len(groups.errors) + len(groups.not_checked) + len(groups.not_applicable)
        if whole or unseen == len(run.results):
            self._put(None, self._tell_target(run))
        for result in groups.findings:
            self._put(result, self._tell_finding(result, run))
        for result in [*groups.errors, *groups.not_checked]:
            gap = is_gap(result, self._options.threshold)
            if (result.state is State.ERROR or gap) and not (whole and result.failure in {"silent", "interrupted"}):
                self._put(result, self._tell_unjudged(result, run, "error" if gap else "warning"))
        for result in [*groups.known, *groups.waived]:
            self._put(result, self._tell_finding(result, run))

    def finish(self) -> None:
        """Write what was cut, as a result."""
        if self._lost:
            some = plural(self._lost.total(), "result", self._language)
            counts = ((one.value, self._lost[one]) for one in Severity)
            worst = ", ".join(plural(count, name, self._language) for name, count in counts if count)
            text = word("sarif_cut", self._language).format(LIMIT, f"{some} ({worst})")
            self._rule(_CUT, word("sarif_cut_rule", self._language))
            self._line(
                {
                    "ruleId": _CUT,
                    "kind": "fail",
                    "level": "error",
                    "message": {"text": text},
                    **self._place(""),
                    **_OPEN,
                }
            )

    def rest(self) -> dict[str, Any]:
        """Return what stands behind the results."""
        name = self._names[0] if len(self._names) == 1 and not self._options.fleet else "fleet"
        driver = {"name": "Rempart", "version": VERSION, "rules": list(self._rules.values())}
        return {
            "automationDetails": {"id": f"rempart/{quote(_one_line(name, self._language), safe='')}/"},
            "language": self._language,
            "columnKind": "utf16CodeUnits",
            "invocations": self._invocations,
            "properties": {"counts": self._counts},
            "tool": {"driver": driver},
        }

    def _put(self, result: Result | None, line: dict[str, Any]) -> None:
        if self._written < LIMIT - 1:
            self._line(line)
        elif result is not None:
            self._lost[result.severity] += 1

    def _line(self, line: dict[str, Any]) -> None:
        self._out.write((",\n" if self._written else "\n") + _encode(line))
        self._written += 1

    def _tell_finding(self, result: Result, run: Run) -> dict[str, Any]:
        self._rule(result.check, result.title.get(self._language), result)
        state = {"baselineState": "unchanged" if result.known else "new"} if run.baseline else {}
        accepted = {"suppressions": [self._suppress(result.waiver)] if result.waiver else []}
        level = _LEVELS[result.severity.value]
        return {**self._result(result.check, result, run, level), **state, **accepted}

    def _tell_unjudged(self, result: Result, run: Run, level: str) -> dict[str, Any]:
        title = word("sarif_not_judged", self._language).format(result.title.get(self._language))
        self._rule(result.check + _NOT_JUDGED, title, result)
        return self._result(result.check + _NOT_JUDGED, result, run, level)

    def _tell_target(self, run: Run) -> dict[str, Any]:
        """Return the one result of a target that was not judged, or not to its end."""
        if run.unfinished.en:
            text = describe_interruption(run, self._language)
        elif is_silent(run):
            checks = plural(len(run.results), "check", self._language)
            text = f"{write_message(run.results[0], self._language)} ({checks})"
        else:
            text = word("nothing_judged" if run.results else "no_results", self._language)
        self._rule(_HOST, word("sarif_target_rule", self._language))
        name = _one_line(run.target.name, self._language)
        message = {"text": f"{name}: {show(text, self._language)}"}
        marks = {"partialFingerprints": _fingerprint(_HOST, run.target.name)}
        return {
            "ruleId": _HOST,
            "kind": "fail",
            "level": "error",
            "message": message,
            **self._place(name),
            **marks,
            **_OPEN,
        }

    def _result(self, rule: str, result: Result, run: Run, level: str) -> dict[str, Any]:
        items = [row.get("item", "") for row in self._rows(result)]
        return {
            "ruleId": rule,
            "kind": "fail",
            "level": level,
            "message": {"text": self._message(result, run)},
            **self._place(_one_line(run.target.name, self._language), items),
            "partialFingerprints": _fingerprint(rule, run.target.name),
            **_OPEN,
            "properties": {
                "severity": result.severity.value,
                "state": result.state.value,
                "failure": result.failure,
                "target": _one_line(run.target.name, self._language),
            },
        }

    def _rows(self, result: Result) -> list[dict[str, str]]:
        """Return the rows that are told: of what was seen, those that do not pass."""
        some = [one for one in (result.evidence, result.witness) if one is not None]
        return [row for one in some for row in one.rows if mark_of(row) != "pass"][:ROWS]

    def _message(self, result: Result, run: Run) -> str:
        language = self._language
        lines = [f"{_one_line(run.target.name, language)}: {write_message(result, language)}"]
        lines += [show(line, language) for line in describe_applied(result, language)]
        lines += [f"- {show_row(row, language, result.wording, 300)}" for row in self._rows(result)]
        seen = [one for one in (result.evidence, result.witness) if one is not None]
        more = sum(one.failing + one.undecided for one in seen) - len(self._rows(result))
        if more > 0:
            lines.append(word("more_rows", language).format(plural(more, "row", language)))
        if result.incomplete:
            lines.append(word("incomplete", language))
        text = "\n".join(lines)
        return text if len(text) <= _TEXT else text[: _TEXT - 2] + " …"

    def _place(self, target: str, items: Iterable[str] = ()) -> dict[str, Any]:
        """Return where a result belongs: in the file that a user named, else by the target's own name."""
        uri = self._options.location or quote(target or "rempart", safe="")
        place: dict[str, Any] = {
            "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
        }
        shown = dict.fromkeys(show(one, self._language, 200) for one in items if one)
        names = [{"name": one, "kind": "resource"} for one in shown]
        return {"locations": [{**place, **({"logicalLocations": names} if names else {})}]}

    def _suppress(self, waiver: AppliedWaiver) -> dict[str, str]:
        told = describe_waiver(waiver, self._language, dates=False)
        owner = word("by", self._language).format(waiver.owner)
        return {"kind": "external", "status": "accepted", "justification": show(f"{told} ({owner})", self._language)}

    def _rule(self, name: str, title: str, result: Result | None = None) -> None:
        if name in self._rules:
            return
        rule: dict[str, Any] = {"id": name, "shortDescription": {"text": show(title, self._language)}}
        if result is not None:
            rationale = show(flow(result.rationale.get(self._language)), self._language) or title
            rule["fullDescription"] = {"text": rationale}
            rule["help"] = {"text": self._help(result)}
            rule["defaultConfiguration"] = {"level": _LEVELS[result.severity.value]}
            tags = ["security", show(result.area, self._language, 60) or "check"]
            score = _SCORES.get(result.severity.value)
            rule["properties"] = {"tags": tags, **({"security-severity": score} if score else {})}
        self._rules[name] = rule

    def _help(self, result: Result) -> str:
        """Return how it is fixed; of a fleet, whose systems differ, where that is told."""
        command = f"rempart checks show {show(result.check, self._language, 60)}"
        if self._options.fleet:
            return command
        told = [show(line, self._language) for part in list_fix(result.remediation, self._language)
                for line in part.text.splitlines()]  # fmt: skip
        return "\n".join([*told, command])

    def _invoke(self, run: Run, unseen: list[Result]) -> dict[str, Any]:
        """Return how a target was audited: whether all could be judged, and why not."""
        failed = exit_status(run, self._options.threshold) == _INCOMPLETE
        told = [show(line, self._language) for line in remarks_of(run, self._language)]
        for reason, some in group_by_reason(unseen, self._language)[:_NOTIFIED]:
            checks = plural(len(some), "check", self._language)
            told.append(f"{checks}: {show(reason, self._language)}")
        notes = [{"level": "note", "message": {"text": text}} for text in told if text]
        times = {name: moment for name, moment in (("startTimeUtc", run.started), ("endTimeUtc", run.ended)) if moment}
        return {
            "executionSuccessful": not failed,
            "machine": _one_line(run.target.name, self._language),
            **times,
            **({"toolExecutionNotifications": notes} if notes else {}),
            "properties": {"profile": _one_line(run.profile, self._language), "content": run.content},
        }


def _one_line(text: str, language: str) -> str:
    return show(text, language, 200)


def _fingerprint(rule: str, target: str) -> dict[str, str]:
    """Return what tells a finding from all others, and is the same tomorrow, whatever was seen."""
    digest = hashlib.sha256(f"{rule}\0{target}".encode("utf-8", "replace")).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:32]}:1", "rempart/v1": digest}


def _encode(data: Any) -> str:
    return quiet_json(json.dumps(data, separators=(",", ":"), ensure_ascii=True))
