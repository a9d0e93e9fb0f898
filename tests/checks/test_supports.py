"""The ``supports-…`` profiles: each selects exactly what answers a rule of its benchmark, with its values.

Where one of these fails after a check was added, or its answers changed: ``make profiles``, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.foreign_profiles import FOREIGN, answering, describe, is_contradicted, read_peers
from rempart_testing.foreign_values import GIVEN
from rempart_testing.own_checks import FOLDER, own_checks

from rempart_core.content.profilefile import read_profiles
from rempart_core.model.selection import select

PROFILES = {one.name: one for one in read_profiles([FOLDER], own_checks()) if one.name.startswith("supports-")}
WRITE = "run `make profiles`, and read the difference"


def test_there_is_a_profile_for_each_benchmark_and_no_other() -> None:
    assert set(PROFILES) == set(FOREIGN) == set(GIVEN)
    assert {peer for one in FOREIGN.values() for peer in one.peers} == set(read_peers())


@pytest.mark.parametrize("name", FOREIGN)
def test_it_selects_exactly_the_checks_that_answer_a_rule(name: str) -> None:
    selected = {one.check.id for one in select(own_checks(), PROFILES[name], "linux")[0]}
    wanted = set(answering(name))
    assert (sorted(wanted - selected), sorted(selected - wanted)) == ([], []), f"missing, and too many: {WRITE}"


@pytest.mark.parametrize("name", FOREIGN)
def test_no_rule_is_in_part_by_laxer_values_alone(name: str) -> None:
    """Rules that contradict each other are: journald passes the journal on to syslog, and does not."""
    values = {one.check.id: one.parameters for one in select(own_checks(), PROFILES[name], "linux")[0]}
    lax = [
        f"{id_} {answer.rule} {parameter}"
        for id_, answers in answering(name).items()
        for answer in answers
        for parameter, bound in answer.when.items()
        if id_ in values and not bound.holds(values[id_][parameter]) and not is_contradicted(answers, parameter)
    ]
    assert lax == [], f"give the value in foreign_values.py, or {WRITE}"


@pytest.mark.parametrize("name", FOREIGN)
def test_its_file_is_as_it_is_written(name: str) -> None:
    assert (Path(FOLDER) / f"profiles/{name}.yaml").read_text(encoding="utf-8") == describe(name), WRITE


@pytest.mark.parametrize("name", FOREIGN)
def test_it_walks_and_claims_no_certification(name: str) -> None:
    title = PROFILES[name].title
    assert PROFILES[name].walk
    assert title.en.startswith("What a machine shows for ")
    assert title.fr.startswith("Ce qu’une machine montre pour ")
    assert "certif" not in f"{title.en} {title.fr}".lower()
