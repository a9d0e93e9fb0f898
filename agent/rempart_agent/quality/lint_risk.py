"""Lint of what risk is reckoned with: the weights, and scenarios, whose globs have to name checks that there are."""

import os
from collections.abc import Iterable, Sequence

from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.content.riskfile import read_numbers
from rempart_core.content.scenariofile import FOLDER, read_scenarios
from rempart_core.error import ContentError, Mistake
from rempart_core.model.framework import ORGANISATION


def lint_risk(directories: Sequence[str], checks: Iterable[str]) -> list[Mistake]:
    """Return the mistakes in weights and scenarios; those of frameworks are told by another part of lint.

    Args:
        directories: The folders of checks, those that come with Rempart among them.
        checks: Ids of all checks that there are.
    """
    if not any(os.path.lexists(os.path.join(directory, FOLDER)) for directory in directories):
        return []  # without a scenario nothing is weighed
    mistakes: list[Mistake] = []
    known = list(checks)
    try:
        read_numbers(directories)
    except ContentError as error:
        mistakes += error.mistakes
    try:
        frameworks = read_frameworks(directories)
    except ContentError:
        return mistakes
    controls = frameworks[ORGANISATION].requirements if ORGANISATION in frameworks else {}
    try:
        read_scenarios(directories, known, [*controls, *known])
    except ContentError as error:
        mistakes += error.mistakes
    return mistakes
