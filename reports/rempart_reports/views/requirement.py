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
        hosts: On how many hosts it comes to this.
        unjudged: On how many hosts of a fleet something that was asked for it could not be judged.
    """

    kind: str
    checks: int = 0
    until: str = ""
    hosts: int = 0
    unjudged: int = 0


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
    checks = plural(verdict.checks, "check", language)
    said = page_word(f"v_{verdict.kind}", language, day=day(verdict.until.partition(" ")[0], language), checks=checks)
    if fleet and verdict.kind != "nothing":
        failing, hosts = number(verdict.hosts, language), plural(fleet, "host", language)
        said = page_word("v_on", language, said=said, failing=failing, hosts=hosts)
        if verdict.unjudged and verdict.kind != "unjudged":
            said += page_word("v_unjudged_on", language, count=number(verdict.unjudged, language))
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
    return [
        (
            framework,
            [
                Requirement(name, frameworks[framework][name], _title(known, framework, name))
                for name in order_requirements(frameworks[framework])
            ],
        )
        for framework in order_frameworks(frameworks)
    ]


def order_frameworks(frameworks: Iterable[str]) -> list[str]:
    """Return frameworks, by id, in the order of a report."""
    order = {framework: place for place, framework in enumerate(FRAMEWORKS)}
    return sorted(frameworks, key=lambda framework: (order.get(framework, len(order)), framework))


def order_requirements(names: Iterable[str]) -> list[str]:
    """Return ids of requirements as people count: 8.9 before 8.10."""
    return sorted(names, key=_natural)


def _title(known: Mapping[str, Framework], framework: str, requirement: str) -> Text | None:
    one = known[framework].requirements.get(requirement) if framework in known else None
    return one.title if one else None


def _natural(text: str) -> list[tuple[int, str]]:
    return [
        (int(piece), "") if piece.isascii() and piece.isdigit() else (-1, piece)
        for piece in re.split(r"(\d{1,9})", text)
    ]
