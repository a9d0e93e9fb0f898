"""Random sequences of steps on twins: what hypothesis draws, run, and what is kept of one that fails."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from rempart_testing import nspawn
from rempart_testing.twins.base import make_base
from rempart_testing.twins.fixes import FIXES
from rempart_testing.twins.pair import Pair, Step
from rempart_testing.twins.theirs import THEIRS

KEPT = Path(__file__).resolve().parents[3] / "lab/twins"
BESIDE = tuple(name for name, act in THEIRS.items() if act.beside)
_SECONDS = 600.0  # how long a sequence that fails is made shorter


class Twins:
    """Makes pairs, the next one while the last is at work."""

    def __init__(self, world: nspawn.World) -> None:
        self._world = world
        self._number = 0
        self._next = self._boot()
        self.counts: Counter[str] = Counter()

    def _boot(self) -> Pair:
        self._number += 1
        return Pair(self._world, self._number)

    @contextmanager
    def pair(self) -> Iterator[Pair]:
        """Lend a pair that has just booted."""
        pair = self._next.ready()
        self._next = self._boot()
        try:
            yield pair
        finally:
            pair.end()

    def replay(self, steps: list[Step]) -> None:
        """Do steps, undo all and compare."""
        with self.pair() as pair:
            for step in steps:
                pair.step(step)
            pair.finish()
            self.counts += pair.counts


@contextmanager
def make_twins(folder: Path) -> Iterator[Twins]:
    """Make a world for twins, and end it."""
    tree = nspawn.expect_tree()
    with nspawn.make_world(tree, folder, over=make_base(tree, folder)) as world:
        yield Twins(world)


def _numbers(last: int) -> st.SearchStrategy[int]:
    return st.sampled_from(range(last + 1))


_KILLS = st.one_of(st.none(), _numbers(20), _numbers(100))
_CHECKS = st.lists(st.sampled_from(sorted(FIXES)), min_size=1, max_size=4, unique=True)
_MEANWHILE = st.lists(
    st.tuples(_numbers(120), st.sampled_from(BESIDE)), max_size=3, unique_by=lambda one: THEIRS[one[1]].objects
)
_DIES = st.sampled_from([f"{when} {who}" for when in ("preinst", "postinst", "prerm") for who in ("engine", "all")])


def _named(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, act in THEIRS.items() if any(one in " ".join(act.objects) for one in words)])


def _began(machine: Sequence) -> bool:
    """Tell whether there is a change to go on with."""
    return machine.pair.change in machine.pair.changes


class Sequence(RuleBasedStateMachine):
    """One sequence."""

    twins: Twins

    @initialize(
        checks=st.lists(st.sampled_from(sorted(FIXES)), min_size=1, max_size=8, unique=True), meanwhile=_MEANWHILE,
        kill=_KILLS,
    )  # fmt: skip
    def start(self, checks: list[str], meanwhile: list[tuple[int, str]], kill: int | None) -> None:
        self.context = self.twins.pair()
        self.pair = self.context.__enter__()
        self.number = 100
        self.failed = False
        self.fix(checks, meanwhile, kill)

    def _do(self, **step: Any) -> None:
        try:
            self.pair.step(
                {name: value for name, value in step.items() if value or (value == 0 and value is not False)}
            )
        except Exception as error:  # noqa: BLE001  # whatever it is, its steps are told
            _fail(self, error)

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _beside(self, drawn: list[tuple[int, str]]) -> list[Step]:
        return [{"step": step, "name": name, "n": self._next()} for step, name in drawn]

    @rule(checks=_CHECKS, meanwhile=_MEANWHILE, kill=_KILLS)
    def fix(self, checks: list[str], meanwhile: list[tuple[int, str]], kill: int | None) -> None:
        self._do(do="fix", checks=checks, kill=kill, meanwhile=self._beside(meanwhile))

    @rule(checks=st.lists(st.sampled_from(["PKG-01", "PKG-02", "PKG-03", "PKG-04"]), min_size=1, unique=True),
          how=st.one_of(_DIES, st.just("locked")))  # fmt: skip
    def fix_packages(self, checks: list[str], how: str) -> None:
        self._do(do="fix", checks=checks, **({"locked": True} if how == "locked" else {"die": how}))

    @precondition(_began)
    @rule(checks=_CHECKS, force=st.booleans(), kill=_KILLS, meanwhile=_MEANWHILE)
    def undo_some(self, checks: list[str], force: bool, kill: int | None, meanwhile: list[tuple[int, str]]) -> None:
        force = force and not meanwhile and self.pair.can_force(checks)
        self._do(do="undo", checks=checks, force=force, kill=kill, meanwhile=self._beside(meanwhile))

    @precondition(_began)
    @rule(kill=_KILLS, die=st.sampled_from([None, "prerm engine", "prerm all"]))
    def undo_all(self, kill: int | None, die: str | None) -> None:
        self._do(do="undo", kill=kill, die=die)

    @precondition(_began)
    @rule(kill=_KILLS)
    def resume(self, kill: int | None) -> None:
        self._do(do="resume", kill=kill)

    @precondition(_began)
    @rule(how=st.sampled_from(["timer", "keep", "reboot", "reboot"]))
    def go_on(self, how: str) -> None:
        self._do(do=how)

    @rule(names=st.lists(_named("/"), min_size=1, max_size=3))
    def edit(self, names: list[str]) -> None:
        self._theirs(names)

    @rule(names=st.lists(_named("["), min_size=1, max_size=3))
    def change_accounts(self, names: list[str]) -> None:
        self._theirs(names)

    @rule(name=_named("package"))
    def change_packages(self, name: str) -> None:
        self._theirs([name])

    @rule(names=st.lists(_named("unit", "nft", "net "), min_size=1, max_size=3))
    def change_what_runs(self, names: list[str]) -> None:
        self._theirs(names)

    def _theirs(self, names: list[str]) -> None:
        self._do(do="theirs", acts=[{"name": name, "n": self._next()} for name in names])

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        try:
            if not self.failed:
                self.pair.finish()
        except Exception as error:  # noqa: BLE001  # whatever it is, its steps are told
            _fail(self, error)
        finally:
            self.twins.counts += self.pair.counts
            self.context.__exit__(None, None, None)


class Found(BaseException):
    """A sequence failed: hypothesis need not look for others, nor do it again."""

    def __init__(self, steps: list[Step], error: Exception) -> None:
        super().__init__("\n".join([*(json.dumps(step, sort_keys=True) for step in steps), str(error)]))
        self.steps, self.error = steps, error


def _fail(machine: Sequence, error: Exception) -> None:
    machine.failed = True
    raise Found(machine.pair.steps, error) from error


def run(twins: Twins, cases: int, random_seed: int, steps: int = 9) -> None:
    """Try random sequences.

    Raises:
        Found: One failed.
    """
    made = seed(random_seed)(type("Seeded", (Sequence,), {"twins": twins}))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        made,
        settings=settings(
            max_examples=cases, stateful_step_count=steps, deadline=None, database=None, derandomize=False,
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck), print_blob=False,
        ),
    )  # fmt: skip


def tell(counts: Counter[str]) -> str:
    """Return what a run came to."""
    words = {
        "sequences": "sequences", "acts": "acts of ours", "others": "of others", "kills": "kills", "reboots": "reboots",
        "undos": "undos", "timers": "by the timer", "resumes": "resumes", "in the way": "acts of others that ours kept",
        "said alike": "that said what ours had said",
    }  # fmt: skip
    return ", ".join(f"{counts[name]} {word}" for name, word in words.items())


def read(path: Path) -> list[Step]:
    """Return a sequence that was kept."""
    steps: list[Step] = json.loads(path.read_text())
    return steps


def keep(steps: list[Step], folder: Path = KEPT) -> Path:
    """Write a sequence where it is tried ever after."""
    text = "[\n" + ",\n".join(" " + json.dumps(step, sort_keys=True) for step in steps) + "\n]\n"
    path = folder / f"{sha256(text.encode()).hexdigest()[:12]}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def fails(twins: Twins, steps: list[Step]) -> str:
    """Return why a sequence fails; ``""`` where it does not."""
    try:
        twins.replay(steps)
    except Exception as error:  # noqa: BLE001  # whatever it is
        return str(error) or type(error).__name__
    return ""


def shrink(twins: Twins, steps: list[Step], seconds: float = _SECONDS) -> list[Step]:
    """Return a sequence without the steps that it also fails without, as far as the time goes."""
    until = time.monotonic() + seconds
    at = len(steps) - 1
    while at >= 0 and time.monotonic() < until:
        without = [*steps[:at], *steps[at + 1 :]]
        if without and fails(twins, without):
            steps = without
        at -= 1
    return steps
