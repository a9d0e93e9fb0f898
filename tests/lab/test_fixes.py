"""Every automatic fix as a loop on a real machine: it fails, is fixed, stays fixed, and fails again when undone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from rempart_testing import nspawn
from rempart_testing.fix_lab import PLAYBOOKS, Case, Loop, make_loop, read_cases

pytestmark = [pytest.mark.early, pytest.mark.lab, pytest.mark.loop]
CASES = [case for case in read_cases() if not case.untested]
_AT_A_TIME = 4
UNTESTED = [case for case in read_cases() if case.untested]


class Loops:
    """The loops of batches, each gone through once, a few at a time: most of a loop is waiting."""

    def __init__(self, threads: ThreadPoolExecutor, world: nspawn.World, folder: Path, batches: list[str]) -> None:
        self._found: dict[str, Future[Loop]] = {}
        for batch in batches:
            cases = [one for one in CASES if one.batch == batch]
            self._found[batch] = threads.submit(make_loop, world, folder / batch, batch, cases)

    def of(self, case: Case) -> Loop:
        """Return the loop of a case's batch."""
        return self._found[case.batch].result()


def find_batches(request: pytest.FixtureRequest) -> list[str]:
    """Return the batches that the tests of this run are about, in their order."""
    wanted: dict[str, None] = {}
    for item in request.session.items:
        values = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if item.path == request.path and ("case" in values or "batch" in values):
            wanted[values["batch"] if "batch" in values else values["case"].batch] = None
    return list(wanted)


@pytest.fixture(scope="module")
def loops(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loops]:
    folder = tmp_path_factory.mktemp("fixes")
    tree = nspawn.expect_tree()
    with (
        nspawn.make_world(tree, folder, nspawn.expect_offer(tree)) as world,
        ThreadPoolExecutor(_AT_A_TIME) as threads,
    ):
        yield Loops(threads, world, folder, find_batches(request))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.variant}".rstrip("-"))
def test_a_fix_closes_the_loop(case: Case, loops: Loops) -> None:
    loop, check = loops.of(case), case.check
    assert loop.states["broken"][check] == "fail", loop.reasons["broken"][check]
    assert not loop.failed("apply", check)
    left = loop.items["mended"][check] or loop.reasons["mended"][check]
    assert loop.states["mended"][check] == "pass", (left, loop.failed("apply"))  # one that fails ends it for all
    foretold = loop.changed("check", check)
    unknown = [e.task for e in loop.events["check"] if e.check == check and e.outcome in {"unknown", "failed"}]
    assert foretold or unknown, "check mode foretold no change"
    # what is done once, the fix of another check of its batch may have done before
    assert set(foretold) <= loop.did() or case.stays, "check mode foretold what did not come"
    missed = set(loop.changed("apply", check)) - set(foretold) - set(unknown)
    assert not missed or unknown, "check mode did not foretell it"
    assert loop.changed("again", check) == [], "applied again, it changes something again"
    if case.stays:
        assert loop.states["undone"][check] == "pass", loop.items["undone"][check]
        return
    assert loop.states["undone"][check] == "fail", (loop.reasons["undone"][check], loop.failed("undo"))
    assert loop.items["undone"][check] == loop.items["broken"][check]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.way_in], ids=lambda case: f"{case.check}-{case.variant}".rstrip("-")
)
def test_a_fix_closes_the_way_in(case: Case, loops: Loops) -> None:
    """Whatever the check says: what could be done before can't be done any more, and can again after the undo."""
    loop = loops.of(case)
    assert not loop.failed("finish")
    before, after, undone = (loop.ways[step][case.check] for step in ("broken", "mended", "undone"))
    assert before == dict.fromkeys(case.way_in, "open")
    still = {name: loop.told[case.check, name] for name, said in after.items() if said == "open"}
    assert not still, "\n".join(still.values())
    assert undone == before


@pytest.mark.parametrize("batch", sorted({case.batch for case in CASES}))
def test_an_undo_leaves_the_machine_as_it_was(batch: str, loops: Loops) -> None:
    loop = loops.of(next(case for case in CASES if case.batch == batch))
    assert loop.failed("undo") == []
    assert [row for row in loop.rows if row["word"] not in {"back", "stays"}] == []
    assert loop.differs == {}, [row for row in loop.rows if row["why"][0]]


@pytest.mark.parametrize("case", UNTESTED, ids=lambda case: case.check)
def test_a_fix_that_the_lab_cannot_prove_says_why(case: Case) -> None:
    assert len(case.untested.split()) > 3
    assert (PLAYBOOKS / f"roles/{case.role}/tasks/linux/{case.check.lower()}.yml").is_file()
