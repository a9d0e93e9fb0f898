"""SARIF 2.1.0, for code scanning: findings, accepted ones with their waiver, and what was not judged, as results.

A target is a SARIF run, and a result is one check on it. What passed is counted in the properties and stands nowhere
else. GitHub takes 20 runs at most in a file, 10 MB packed, and wants a file to pin each result to. Sources: OASIS,
"Static Analysis Results Interchange Format Version 2.1.0"; GitHub Docs, "SARIF support for code scanning".
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from rempart_core.model.gate import exit_status, is_gap
from rempart_core.model.result import AppliedWaiver, Evidence, Result, Run, State
from rempart_core.text import quiet_json
from rempart_core.version import VERSION
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.views.change_outcome import describe_applied
from rempart_reports.views.finding import write_message
from rempart_reports.views.fix import list_fix
from rempart_reports.views.host import (
    Groups,
    describe_interruption,
    describe_waiver,
    group_by_reason,
    remarks_of,
    sort_out,
)
from rempart_reports.views.last_answer import is_silent
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import flow, mark_of, show, show_row
from rempart_reports.writing.translation import colon, number, plural, word

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROWS = 10  # of evidence for each result
_TEXT = 1500  # characters of a message
_WHERE = 80  # of these, for where the rest is told
_NOTIFIED = 20  # reasons why checks were not judged, for each target
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
_INCOMPLETE = 3  # exit status
_NOT_JUDGED = "/not-judged"
_OPEN: dict[str, list[Any]] = {"suppressions": []}  # section 3.27.23: where one result has them, all have
_TARGET = "rempart/target-not-judged"


class Report(contract.Report):
    """See contract.Report."""

    def head(self) -> str:
        """See contract.Report.head."""
        return f'{{"$schema":{_encode(SCHEMA)},"version":"2.1.0","runs":['

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        return [self.settle(_encode(_Log(run, self.options).write()), place.number)]

    def settle(self, piece: str, number: int) -> str:
        """See contract.Report.settle."""
        return (",\n" if number else "\n") + piece.lstrip(",\n")

    def tail(self, runs: int) -> str:
        """See contract.Report.tail."""
        del runs
        return "\n]}\n"


class _Log:
    """A SARIF run, made of what was found on one target."""

    def __init__(self, run: Run, options: Options) -> None:
        self._run = run
        self._options = options
        self._language = options.language
        self._rules: dict[str, dict[str, Any]] = {}
        self._target = _one_line(run.target.name, options.language)

    def write(self) -> dict[str, Any]:
        """Return it as plain data."""
        run, groups = self._run, sort_out(self._run.results)
        results = list(self._list_results(groups))
        counts = {"pass": len(groups.passed), "not_applicable": len(groups.not_applicable)}
        driver = {"name": "Rempart", "version": VERSION, "rules": list(self._rules.values())}
        return {
            "tool": {"driver": driver},
            "automationDetails": {"id": f"rempart/{quote(self._target, safe='')}/"},
            "language": self._language,
            "columnKind": "utf16CodeUnits",
            "invocations": [self._invoke(groups.not_checked)],
            "properties": {"counts": counts, "profile": _one_line(run.profile, self._language), "content": run.content},
            "results": results,
        }

    def _list_results(self, groups: Groups) -> Iterator[dict[str, Any]]:
        run = self._run
        whole = bool(run.unfinished.en) or is_silent(run)
        unseen = len(groups.errors) + len(groups.not_checked) + len(groups.not_applicable)
        if whole or unseen == len(run.results):
            yield self._tell_target()
        yield from map(self._tell_finding, groups.findings)
        for result in [*groups.errors, *groups.not_checked]:
            gap = is_gap(result, self._options.threshold)
            if (result.state is State.ERROR or gap) and not (whole and result.failure in {"silent", "interrupted"}):
                yield self._tell_unjudged(result, "error" if gap else "warning")
        yield from map(self._tell_finding, [*groups.known, *groups.waived])

    def _tell_finding(self, result: Result) -> dict[str, Any]:
        self._rule(result.check, result.title.get(self._language), result)
        state = {"baselineState": "unchanged" if result.known else "new"} if self._run.baseline else {}
        accepted = {"suppressions": [self._suppress(result.waiver)] if result.waiver else []}
        level = _LEVELS[result.severity.value]
        return {**self._result(result.check, result, level), **state, **accepted}

    def _tell_unjudged(self, result: Result, level: str) -> dict[str, Any]:
        title = word("sarif_not_judged", self._language, title=result.title.get(self._language))
        self._rule(result.check + _NOT_JUDGED, title, result)
        return self._result(result.check + _NOT_JUDGED, result, level)

    def _tell_target(self) -> dict[str, Any]:
        """Return the one result of a target that was not judged, or not to its end."""
        run = self._run
        if run.unfinished.en:
            text = describe_interruption(run, self._language)
        elif is_silent(run):
            checks = plural(len(run.results), "check", self._language)
            text = f"{write_message(run.results[0], self._language)} ({checks})"
        else:
            text = word("nothing_judged" if run.results else "no_results", self._language)
        self._rule(_TARGET, word("sarif_target_rule", self._language))
        message = {"text": _plain(f"{self._target}{colon(self._language)}{show(text, self._language)}")}
        marks = {"partialFingerprints": _fingerprint(_TARGET, run.target.name)}
        return {
            "ruleId": _TARGET,
            "kind": "fail",
            "level": "error",
            "message": message,
            **self._place(),
            **marks,
            **_OPEN,
        }

    def _result(self, rule: str, result: Result, level: str) -> dict[str, Any]:
        items = [row.get("item", "") for row in self._rows(result)]
        return {
            "ruleId": rule,
            "kind": "fail",
            "level": level,
            "message": {"text": _plain(self._message(result))},
            **self._place(items),
            "partialFingerprints": _fingerprint(rule, self._run.target.name),
            **_OPEN,
            "properties": {
                "severity": result.severity.value,
                "state": result.state.value,
                "failure": result.failure,
            },
        }

    def _rows(self, result: Result) -> list[dict[str, str]]:
        """Return the rows that are told: of what was seen, those that do not pass."""
        some = [one for one in (result.evidence, result.witness) if one is not None]
        return [row for one in some for row in one.rows if mark_of(row) != "pass"][:ROWS]

    def _message(self, result: Result) -> str:
        """Return why a result is what it is, then the rows that this does not say, as many as there is room for."""
        language = self._language
        first = write_message(result, language)
        lines = [
            f"{self._target}{colon(language)}{first}",
            *(show(line, language) for line in describe_applied(result, language)),
        ]
        last = [word("incomplete", language)] if result.incomplete else []
        seen = [one for one in (result.evidence, result.witness) if one is not None]
        more = sum(one.failing + one.undecided for one in seen)
        room = _TEXT - sum(len(line) + 1 for line in (*lines, *last)) - _WHERE
        for row in self._rows(result):
            told = show_row(row, language, result.wording, 300)
            said, _, others = told.partition("  ")
            if said in first:  # the message begins with it; other columns are not in that
                told = others.strip()
            if not told:
                more -= 1
                continue
            room -= len(told) + 3
            if room < 0:
                break
            lines.append(f"- {told}")
            more -= 1
        if more > 0:
            last.insert(0, self._tell_rest(more, seen))
        text = "\n".join([*lines, *last])
        return text if len(text) <= _TEXT else text[: _TEXT - 2] + " …"

    def _tell_rest(self, more: int, seen: list[Evidence]) -> str:
        """Return how many rows are left out, and which of them other reports have."""
        counted = plural(more, "row", self._language)
        kept = sum(mark_of(row) != "pass" for one in seen for row in one.rows)
        if kept == sum(one.failing + one.undecided for one in seen):
            return word("more_rows_where", self._language, rows=counted)
        return word("more_rows_some", self._language, rows=counted, kept=number(kept, self._language))

    def _place(self, items: Iterable[str] = ()) -> dict[str, Any]:
        """Return where a result belongs: in the file that a user named, else by the target's own name."""
        uri = quote(self._options.location) or quote(self._target or "rempart", safe="")
        place: dict[str, Any] = {
            "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
        }
        shown = dict.fromkeys(show(one, self._language, 200) for one in items if one)
        names = [{"name": one, "kind": "resource"} for one in shown]
        return {"locations": [{**place, **({"logicalLocations": names} if names else {})}]}

    def _suppress(self, waiver: AppliedWaiver) -> dict[str, Any]:
        told = describe_waiver(waiver, self._language, dates=False)
        about = word("by", self._language, owner=waiver.owner)
        about += f", {word('ticket', self._language, ticket=waiver.ticket)}" if waiver.ticket else ""
        return {
            "kind": "external",
            "status": "accepted",
            "justification": show(f"{told} ({about})", self._language).replace("](", "] ("),
            **({"properties": {"ticket": show(waiver.ticket, self._language)}} if waiver.ticket else {}),
        }

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
        """Return how it is fixed, and where all that the check asks is told."""
        command = f"rempart checks show {show(result.check, self._language, 60)}"
        told = [show(line, self._language) for part in list_fix(result.remediation, self._language)
                for line in part.text.splitlines()]  # fmt: skip
        return "\n".join([*told, command])

    def _invoke(self, unseen: list[Result]) -> dict[str, Any]:
        """Return how a target was audited: whether all could be judged, and why not."""
        run = self._run
        failed = exit_status(run, self._options.threshold) == _INCOMPLETE
        told = [show(line, self._language) for line in remarks_of(run, self._language)]
        for reason, some in group_by_reason(unseen, self._language)[:_NOTIFIED]:
            checks = plural(len(some), "check", self._language)
            told.append(f"{checks}{colon(self._language)}{show(reason, self._language)}")
        notes = [{"level": "note", "message": {"text": _plain(text)}} for text in told if text]
        times = {name: moment for name, moment in (("startTimeUtc", run.started), ("endTimeUtc", run.ended)) if moment}
        return {
            "executionSuccessful": not failed,
            "machine": self._target,
            **times,
            **({"toolExecutionNotifications": notes} if notes else {}),
        }


def _plain(text: str) -> str:
    """Return a text in which nothing is a link (section 3.11.6) or a place to fill in (3.11.5): a host wrote in it."""
    return text.replace("](", "] (").replace("{", "{{").replace("}", "}}")


def _one_line(text: str, language: str) -> str:
    return show(text, language, 200)


def _fingerprint(rule: str, target: str) -> dict[str, str]:
    """Return what tells a finding from all others, and is the same tomorrow, whatever was seen."""
    digest = hashlib.sha256(f"{rule}\0{target}".encode("utf-8", "replace")).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:32]}:1", "rempart/v1": digest}


def _encode(data: Any) -> str:
    return quiet_json(json.dumps(data, separators=(",", ":"), ensure_ascii=True))
