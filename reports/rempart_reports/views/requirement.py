"""The controls that the checks of a run support: framework, requirement, checks, and what these come to together."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rempart_core.model.framework import Framework
from rempart_core.model.result import Result
from rempart_core.text import Text
from rempart_reports.views.host import kind_of, rank
from rempart_reports.writing.page_words import page_word
from rempart_reports.writing.translation import day, number, plural

FRAMEWORKS = ("gdpr", "pci-dss-4.0.1", "iso-27001-2022", "nis2", "anssi-hygiene", "cis-8.1", "nist-800-53r5")
"""The frameworks in the order of a report; any other comes after them."""


class Requirement(NamedTuple):
    """One requirement of a framework and the checks of this run that support it, worst first.

    Attributes:
        name: Its id.
        results: Of the checks.
        title: What it is about; None where that is not known.
    """

    name: str
    results: list[Result]
    title: Text | None = None


VERDICTS = ("gap", "unjudged", "accepted", "seen", "nothing")
"""What a requirement can come to, what a reader has to know first in front. None of them says that it is met."""


class RequirementVerdict(NamedTuple):
    """What the checks that support a requirement come to together.

    Attributes:
        kind: One of ``VERDICTS``.
        checks: How many checks came to a verdict somewhere.
        until: Last day of the waiver that ends first, as a result has it; ``""`` where none is in force.
        hosts: On how many hosts all that was asked for it came to a verdict.
    """

    kind: str
    checks: int = 0
    until: str = ""
    hosts: int = 0


def judge_requirement(results: Iterable[Result]) -> RequirementVerdict:
    """Return what the results of one host's checks come to; one that no check could judge hides what others passed."""
    kinds, until = [], []
    for result in results:
        kinds.append(kind_of(result))
        if result.waiver is not None and kinds[-1] == "waived":
            until.append(result.waiver.end)
    judged = sum(kind in {"fail", "known", "waived", "pass"} for kind in kinds)
    if "fail" in kinds or "known" in kinds:
        kind = "gap"
    elif "error" in kinds or "not_checked" in kinds:
        kind = "unjudged"
    elif until:
        kind = "accepted"
    else:
        kind = "seen" if judged else "nothing"
    return RequirementVerdict(kind, judged, min(until, default=""), int(kind in {"gap", "accepted", "seen"}))


def describe_verdict(verdict: RequirementVerdict, language: str, fleet: int = 0) -> str:
    """Return a verdict in words.

    Args:
        verdict: The verdict.
        language: ``en`` or ``fr``.
        fleet: How many hosts there are, where it is told of a fleet; 0 for one host.
    """
    said = page_word(f"v_{verdict.kind}", language)
    if verdict.kind == "accepted":
        said = said.format(day(verdict.until.partition(" ")[0], language))
    elif verdict.kind == "seen":
        said = said.format(plural(verdict.checks, "check", language))
    if fleet and verdict.kind in {"accepted", "seen"}:
        told = number(verdict.hosts, language), plural(fleet, "host", language)
        return page_word("v_on", language).format(said, *told)
    return said


def group_by_control(results: list[Result], known: Mapping[str, Framework] = {}) -> list[tuple[str, list[Requirement]]]:
    """Return each framework with its requirements, which are sorted as people count: 8.9 before 8.10.

    Args:
        results: Of a run.
        known: The frameworks whose titles are known, by id.
    """
    frameworks: dict[str, dict[str, list[Result]]] = {}
    for result in sorted(results, key=rank):
        for framework, requirements in result.controls.items():
            for requirement in requirements:
                frameworks.setdefault(framework, {}).setdefault(requirement, []).append(result)
    order = {framework: place for place, framework in enumerate(FRAMEWORKS)}
    return [
        (
            framework,
            [Requirement(*pair, _title(known, framework, pair[0])) for pair in sorted(found.items(), key=_place)],
        )
        for framework, found in sorted(frameworks.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))
    ]


def _title(known: Mapping[str, Framework], framework: str, requirement: str) -> Text | None:
    one = known[framework].requirements.get(requirement) if framework in known else None
    return one.title if one else None


def _place(pair: tuple[str, list[Result]]) -> list[tuple[int, str]]:
    return _natural(pair[0])


def _natural(text: str) -> list[tuple[int, str]]:
    return [
        (int(piece), "") if piece.isascii() and piece.isdigit() else (-1, piece)
        for piece in re.split(r"(\d{1,9})", text)
    ]
