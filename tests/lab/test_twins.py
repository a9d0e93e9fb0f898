"""Others work on a booted host while fixes are done, killed and undone: it equals a twin then that we never touched.

These are the sequences that found something once; ``make twins`` draws others.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.twins import machine
from rempart_testing.twins.faults import FAULTS

pytestmark = pytest.mark.lab


def test_after_the_undo_of_a_sequence_that_was_kept_a_host_equals_its_twin(tmp_path: Path) -> None:
    with machine.make_twins(tmp_path) as twins:
        found = twins.run(machine.read_kept())
    assert not found, "\n\n".join(map(str, found))


def test_a_fault_that_is_planted_into_the_engine_is_found(tmp_path: Path) -> None:
    steps = [
        {"do": "fix", "checks": ["FIL-02"], "kill": "before done 1"},
        {"do": "theirs", "acts": [{"name": "append whole.conf", "n": 101}]},
    ]
    with machine.make_twins(tmp_path, FAULTS["settle takes a moved file for ours"]) as twins:
        (found,) = twins.run([steps])
    assert "theirs-101 of others is nowhere any more" in found.why
