"""A catalogue is its checks, and makes no more of them than are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.check import write_check

from rempart_core.content.checkfile import read_checks
from rempart_core.error import UsageError
from rempart_core.model.catalogue import Catalogue
from rempart_core.model.check import Check
from rempart_core.model.profile import Profile, Selector
from rempart_core.model.selection import select
from rempart_core.text import Text

ALL = Profile("all", Text("all", "tout"), Selector(all=True))


@pytest.fixture
def checks(tmp_path: Path) -> list[Check]:
    for number in (1, 2, 3):
        write_check(tmp_path, number)
    return read_checks([str(tmp_path)])


@pytest.fixture
def made() -> list[int]:
    return []


@pytest.fixture
def catalogue(checks: list[Check], made: list[int]) -> Catalogue:
    def make(place: int) -> Check:
        made.append(place)
        return checks[place]

    return Catalogue([(check.id, check.area) for check in checks], make)


def test_it_is_the_checks_in_order(checks: list[Check], catalogue: Catalogue) -> None:
    assert catalogue == checks
    assert (len(catalogue), catalogue[-1], catalogue[1:]) == (3, checks[2], checks[1:])
    assert checks[1] in catalogue
    with pytest.raises(IndexError):
        catalogue[3]


def test_none_is_made_twice(catalogue: Catalogue, made: list[int]) -> None:
    assert [id(check) for check in catalogue] == [id(check) for check in catalogue]
    assert made == [0, 1, 2]


def test_what_is_picked_is_made_and_nothing_else(catalogue: Catalogue, made: list[int]) -> None:
    assert [check.id for check in catalogue.pick(lambda id_, area: id_ == "TST-02" and area == "testing")] == ["TST-02"]
    assert made == [1]


@pytest.mark.parametrize("globs", [["TST-02"], ["tst-0[13]"], ["testing"], ["TST-03, TST-01"], []])
def test_a_selection_from_it_is_that_from_the_checks(
    checks: list[Check], catalogue: Catalogue, globs: list[str]
) -> None:
    assert select(catalogue, ALL, "linux", globs) == select(checks, ALL, "linux", globs)


def test_a_word_that_names_none_is_refused_as_ever(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="TST-01"):
        select(catalogue, ALL, "linux", ["TST-01", "TST-1"])
