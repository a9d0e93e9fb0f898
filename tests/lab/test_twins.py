"""Others work on a booted host while fixes are done, killed and undone: it equals a twin then that we never touched.

These are the sequences that found something once, and twenty that are drawn at random; ``make twins`` draws others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.twins import machine
from rempart_testing.twins.draw import draw
from rempart_testing.twins.faults import FAULTS

pytestmark = pytest.mark.lab

SEED = 11
"""Which are drawn: always the same, so that what fails here fails again."""


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[machine.Twins]:
    with machine.make_twins(tmp_path_factory.mktemp("twins")) as twins:
        yield twins


def test_after_the_undo_of_a_sequence_that_was_kept_a_host_equals_its_twin(twins: machine.Twins) -> None:
    found = twins.run(machine.read_kept())
    assert not found, "\n\n".join(map(str, found))


def test_after_the_undo_of_twenty_random_sequences_hosts_equal_their_twins(twins: machine.Twins) -> None:
    found = twins.run(draw(20, SEED))
    assert not found, "\n\n".join(map(str, found))
    assert twins.counts["kills"] > 10
    assert twins.counts["others"] > 100


def test_a_fault_that_is_planted_into_the_engine_is_found(tmp_path: Path) -> None:
    steps = [
        {"do": "fix", "checks": ["FIL-02"], "kill": "before done 1"},
        {"do": "theirs", "acts": [{"name": "append whole.conf", "n": 101}]},
    ]
    with machine.make_twins(tmp_path, FAULTS["settle takes a moved file for ours"]) as twins:
        (found,) = twins.run([steps])
    assert "theirs-101 of others is nowhere any more" in found.why
