"""A run sorted for a reader: what is open, what could not be judged, what was accepted, and the verdict in words."""

from collections.abc import Iterable
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.deviation import list_deviations
from rempart_core.model.gate import is_gap
from rempart_core.model.result import AppliedWaiver, Evidence, Exclusion, Result, Run, State
from rempart_reports.writing.translation import day, name, number, plural, semicolon, severity_name, word

_KINDS = ("fail", "error", "waived", "known", "not_checked", "not_applicable", "pass")


class Groups(NamedTuple):
    """The results of a run, each in one list, worst first, then by id.

    Attributes:
        findings: Open ones.
        errors: What could not be judged.
        waived: Findings under a waiver in force.
        known: Findings that the baseline holds already.
        not_checked: What nobody looked at.
        not_applicable: What does not concern the target.
        passed: The rest.
    """

    findings: list[Result]
    errors: list[Result]
    waived: list[Result]
    known: list[Result]
    not_checked: list[Result]
    not_applicable: list[Result]
    passed: list[Result]


class Verdict(NamedTuple):
    """What a run comes to.

    Attributes:
        level: ``good``, ``partial`` or ``bad``.
        headline: One sentence: the verdict.
        remarks: Sentences that complete it.
    """

    level: str
    headline: str
    remarks: tuple[str, ...]


def kind_of(result: Result) -> str:
    """Return the state of a result, or ``waived`` or ``known`` for a finding that does not count."""
    if result.state is State.FAIL and not result.open:
        return "waived" if result.waived else "known"
    return result.state._value_  # not .value, which costs three times as much on a million results


def sort_out(results: Iterable[Result]) -> Groups:
    """Return the results in their groups."""
    groups = Groups([], [], [], [], [], [], [])
    lists = {
        "fail": groups.findings,
        "error": groups.errors,
        "waived": groups.waived,
        "known": groups.known,
        "not_checked": groups.not_checked,
        "not_applicable": groups.not_applicable,
        "pass": groups.passed,
    }
    for result in results:
        lists[kind_of(result)].append(result)
    for group in groups:
        group.sort(key=rank)
    return groups


def rank(result: Result) -> tuple[int, str]:
    """Return the key that puts the worst first."""
    return result.severity.rank, result.check


def group_by_area(results: list[Result]) -> list[tuple[str, list[Result]]]:
    """Return the results of each area, the area with the worst result first; inside an area the order stays."""
    areas: dict[str, list[Result]] = {}
    for result in results:
        areas.setdefault(result.area, []).append(result)
    return sorted(areas.items(), key=lambda area: (min(r.severity.rank for r in area[1]), area[0]))


def group_by_reason(results: list[Result], language: str) -> list[tuple[str, list[Result]]]:
    """Return the results of each reason, the commonest first; reasons are as they came, untrusted.

    Args:
        results: Some of a run.
        language: ``en`` or ``fr``.
    """
    reasons: dict[str, list[Result]] = {}
    for result in results:
        reasons.setdefault(result.reason.get(language), []).append(result)
    return sorted(reasons.items(), key=lambda reason: (-len(reason[1]), reason[0]))


def group_exclusions(excluded: Iterable[Exclusion], language: str) -> list[tuple[str, list[str]]]:
    """Return the ids of checks that the profile leaves out for each reason, the commonest first; untrusted.

    Args:
        excluded: Those of a run.
        language: ``en`` or ``fr``.
    """
    reasons: dict[str, list[str]] = {}
    for one in excluded:
        reasons.setdefault(one.reason.get(language), []).append(one.check)
    return sorted(reasons.items(), key=lambda reason: (-len(reason[1]), reason[0]))


def count_severities(results: list[Result], language: str) -> str:
    """Return ``1 critical, 2 high``; ``""`` for none.

    Args:
        results: Findings.
        language: ``en`` or ``fr``.
    """
    counts = [(severity, sum(r.severity is severity for r in results)) for severity in Severity]
    return ", ".join(plural(count, severity.value, language) for severity, count in counts if count)


def remarks_of(run: Run, language: str) -> list[str]:
    """Return what stands above all else of a run: what makes it say less than the checks, then its notes; untrusted.

    Args:
        run: The run.
        language: ``en`` or ``fr``.
    """
    return [one.text.get(language) for one in list_deviations(run)] + [note.get(language) for note in run.notes]


def judge(run: Run, threshold: Severity, language: str, *, whole: bool = True) -> Verdict:
    """Return the verdict of a run in words, as its exit code would say it.

    Args:
        run: What was found.
        threshold: The least severity that counts.
        language: ``en`` or ``fr``.
        whole: False where the audit that it is part of ended before all was asked.
    """
    groups = sort_out(run.results)
    above = [r for r in groups.findings if r.severity.rank <= threshold.rank]
    below = len(groups.findings) - len(above)
    gaps = sum(is_gap(r, threshold) for r in run.results)
    judged = len(groups.passed) + len(groups.findings) + len(groups.waived) + len(groups.known)
    remarks = []
    if above:
        headline = f"{plural(len(above), 'open', language)} ({count_severities(above, language)})."
    elif judged:
        headline = word("all_fine_part" if gaps or run.unfinished.en else "all_fine", language)
    else:
        headline = word("nothing_judged", language)
    if run.unfinished.en:
        headline = f"{describe_interruption(run, language)} {headline}"
    if below:
        text = word(
            "below", language, findings=plural(below, "finding", language), threshold=severity_name(threshold, language)
        )
        remarks.append(text)
    if gaps:
        remarks.append(word("is_incomplete", language, gaps=plural(gaps, "gap", language)))
    elif unjudged := len(groups.errors) + len(groups.not_checked):  # none that counts, and yet nobody saw them
        remarks.append(f"{plural(unjudged, 'unjudged', language)}.")
    elif partly := sum(result.incomplete for result in run.results):  # failures beside which rows stay undecided
        remarks.append(f"{plural(partly, 'partly', language)}.")
    elif judged and whole and not run.unfinished.en:
        remarks.append(word("asked_is_judged" if run.narrowed else "is_complete", language))
    if run.proof:
        remarks.append(word(f"proof_{run.proof}", language))
    level = "bad" if above or not judged else "partial" if gaps or run.unfinished.en else "good"
    return Verdict(level, headline, tuple(remarks))


def describe_interruption(run: Run, language: str) -> str:
    """Return in words why the audit of a target ended before its time, and how much was not asked.

    Args:
        run: One that was interrupted.
        language: ``en`` or ``fr``.
    """
    told = word("interrupted", language, why=run.unfinished.get(language))
    left = sum(result.failure == "interrupted" for result in run.results)
    if not run.results:
        return f"{told} {word('interrupted_early', language)}"
    checks = plural(len(run.results), "check", language)
    return f"{told} {word('interrupted_checks', language, count=number(left, language), checks=checks)}"


def sum_up(run: Run, language: str) -> str:
    """Return the run in one line: how many checks, and what became of them.

    Args:
        run: The run.
        language: ``en`` or ``fr``.
    """
    return word(
        "sum", language, label=plural(len(run.results), "check", language), text=", ".join(count_kinds(run, language))
    )


def count_kinds(run: Run, language: str) -> list[str]:
    """Return how many checks came to what: ``2 findings (1 critical, 1 high)``, ``14 passed`` and so on.

    Args:
        run: The run.
        language: ``en`` or ``fr``.
    """
    kinds = dict.fromkeys(_KINDS, 0)
    severities = dict.fromkeys((severity.value for severity in Severity), 0)
    for result in run.results:
        kind = kind_of(result)
        kinds[kind] += 1
        if kind == "fail":
            severities[result.severity.value] += 1
    worst = ", ".join(plural(number, severity, language) for severity, number in severities.items() if number)
    parts = [plural(kinds.pop("fail"), "finding", language) + (f" ({worst})" if worst else "")]
    return [*parts, *(plural(number, kind, language) for kind, number in kinds.items() if number)]


def describe_counts(evidence: Evidence, language: str) -> str:
    """Return the true counts of the rows judged: ``312 failing, 4 passing; 55 shown``.

    Args:
        evidence: What was seen.
        language: ``en`` or ``fr``.
    """
    counts = ((evidence.failing, "failing"), (evidence.undecided, "undecided"), (evidence.passing, "passing"))
    text = ", ".join(plural(count, kind, language) for count, kind in counts if count) or word("nothing_seen", language)
    if evidence.total > len(evidence.rows):
        text += semicolon(language) + word("shown_of", language, count=len(evidence.rows))
    return text


def describe_waiver(waiver: AppliedWaiver, language: str, *, dates: bool = True) -> str:
    """Return a waiver in one line, its reason last; the reason is a person's words, untrusted.

    Args:
        waiver: The waiver.
        language: ``en`` or ``fr``.
        dates: False keeps dates as ``YYYY-MM-DD``, for consumers that are programs.
    """
    end = day(waiver.end, language) if dates else waiver.end
    return word("expired" if waiver.expired else "waived_until", language, day=end, reason=waiver.reason)


def name_area(area: str, language: str) -> str:
    """Return the name of an area.

    Args:
        area: As checks name it.
        language: ``en`` or ``fr``.
    """
    return name(area, language) if area else "–"
