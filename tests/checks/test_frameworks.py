"""The frameworks that come with Rempart: all there, whole where they say so, and named rightly by every check."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.own_checks import own_checks

from rempart_core.content.checkfile import FRAMEWORKS
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.model.check import Check
from rempart_core.model.framework import ORGANISATION, Framework, find_unknown

DIRECTORY = str(Path(__file__).parents[2] / "checks")
WHOLE = {  # how many requirements a framework that says it is listed whole has
    "anssi-hygiene": 42,
    "cis-8.1": 153,
    "iso-27001-2022": 93,
}
CHECKS = own_checks()


@pytest.fixture(scope="module")
def frameworks() -> dict[str, Framework]:
    return read_frameworks([DIRECTORY])


def test_each_framework_that_checks_may_name_has_its_file(frameworks: dict[str, Framework]) -> None:
    assert set(frameworks) == {*FRAMEWORKS, ORGANISATION}


def test_what_says_that_it_is_whole_is_whole(frameworks: dict[str, Framework]) -> None:
    assert {id_: len(frameworks[id_].requirements) for id_ in WHOLE} == WHOLE
    assert set(frameworks["anssi-hygiene"].requirements) == {str(number) for number in range(1, 43)}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_names_requirements_that_are_there(check: Check, frameworks: dict[str, Framework]) -> None:
    assert find_unknown(check, frameworks) == []


def test_titles_fit_a_line_of_a_report(frameworks: dict[str, Framework]) -> None:
    titles = [
        title for one in frameworks.values() for requirement in one.requirements.values() for title in requirement.title
    ]
    assert max(len(title) for title in titles) <= 90


def test_organisational_controls_support_what_no_machine_shows(frameworks: dict[str, Framework]) -> None:
    """Each of them is named by some framework, else nobody would see what it is for."""
    named = {
        id_
        for one in frameworks.values()
        for requirement in one.requirements.values()
        for id_ in requirement.organisation
    }
    assert named == set(frameworks[ORGANISATION].requirements)
