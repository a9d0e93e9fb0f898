"""Every automatic fix as a loop on a real machine: it fails, is mended, stays mended, and fails again when undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing import debian, nspawn
from rempart_testing.fix_lab import PLAYBOOKS, Case, Loop, make_loop, read_cases

pytestmark = pytest.mark.lab
CASES = [case for case in read_cases() if not case.untested]
UNTESTED = [case for case in read_cases() if case.untested]


class Loops:
    """The loops of all batches, each gone through once."""

    def __init__(self, world: nspawn.World, folder: Path) -> None:
        self._world, self._folder = world, folder
        self._found: dict[str, Loop] = {}

    def of(self, case: Case) -> Loop:
        """Return the loop of a case's batch."""
        if case.batch not in self._found:
            cases = [one for one in CASES if one.batch == case.batch]
            self._found[case.batch] = make_loop(self._world, self._folder / case.batch, case.batch, cases)
        return self._found[case.batch]


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loops]:
    if lacking := nspawn.missing():
        pytest.skip(lacking)
    source = debian.find_source()
    assert source is not None
    folder = tmp_path_factory.mktemp("fixes")
    tree = debian.make_tree(source)
    with nspawn.make_world(tree, folder, debian.make_offer(source, tree)) as world:
        yield Loops(world, folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.variant}".rstrip("-"))
def test_a_fix_closes_the_loop(case: Case, loops: Loops) -> None:
    loop, check = loops.of(case), case.check
    assert loop.states["broken"][check] == "fail", loop.reasons["broken"][check]
    assert not loop.failed("apply", check)
    assert loop.states["mended"][check] == "pass", loop.items["mended"][check] or loop.reasons["mended"][check]
    foretold = loop.changed("check", check)
    unknown = [e.task for e in loop.events["check"] if e.check == check and e.outcome in {"unknown", "failed"}]
    assert foretold or unknown, "check mode foretold no change"
    assert set(foretold) <= loop.did(), "check mode foretold what did not come"
    missed = set(loop.changed("apply", check)) - set(foretold) - set(unknown)
    assert not missed or unknown, "check mode did not foretell it"
    assert loop.changed("again", check) == [], "applied again, it changes something again"
    if case.stays:
        assert loop.states["undone"][check] == "pass", loop.items["undone"][check]
        return
    assert loop.states["undone"][check] == "fail", loop.undone
    assert loop.items["undone"][check] == loop.items["broken"][check]


@pytest.mark.parametrize("batch", sorted({case.batch for case in CASES}))
def test_an_undo_leaves_the_machine_as_it_was(batch: str, loops: Loops) -> None:
    loop = loops.of(next(case for case in CASES if case.batch == batch))
    assert loop.failed("undo") == []
    assert loop.undone["failed"] == []
    assert loop.differs == {}


@pytest.mark.parametrize("case", UNTESTED, ids=lambda case: case.check)
def test_a_fix_that_the_lab_cannot_prove_says_why(case: Case) -> None:
    assert len(case.untested.split()) > 3
    assert (PLAYBOOKS / f"roles/{case.role}/tasks/linux/{case.check.lower()}.yml").is_file()
