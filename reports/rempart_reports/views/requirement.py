"""The controls that the checks of a run support: framework, requirement, checks."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.model.framework import Framework
from rempart_core.model.result import Result
from rempart_core.text import Text
from rempart_reports.views.host import rank

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
