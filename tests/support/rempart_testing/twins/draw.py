"""Random sequences of steps, drawn by a state machine that knows what a change is, and what others may touch."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from rempart_testing.twins.compare import is_among
from rempart_testing.twins.fixes import FIXES
from rempart_testing.twins.theirs import THEIRS

Step = dict[str, Any]
"""One step, as plain JSON: ``do`` says what, the rest with what."""

BESIDE = tuple(name for name, act in THEIRS.items() if act.beside)


def _meet(name: str, check: str) -> bool:
    ours, theirs = FIXES[check].objects, THEIRS[name].objects
    return any(is_among(one, ours) for one in theirs) or any(is_among(one, theirs) for one in ours)


NEAR = {check: tuple(name for name in THEIRS if _meet(name, check)) for check in FIXES}
"""What others may do to the very things that a fix changes, by check."""


def _numbers(last: int) -> st.SearchStrategy[int]:
    return st.sampled_from(range(last + 1))


_JOURNAL = ["intent", "done", "undone", "moved", "pledge", "owe", "pay", "state"]
_CALLS = ["swap", "shift", "drop", "write_spare", "dress", "run"]
# Where a run may be killed: at a number of its steps, or at one of its steps by name.
_POINTS = st.builds(
    "{} {} {}".format,
    st.sampled_from(["before", "after"]),
    st.sampled_from(_JOURNAL + _CALLS),
    st.sampled_from([1, 1, 2, 3, 4]),
)  # fmt: skip
# An act is done, and nobody has written that down; or it was to be done, and was not.
_CUTS = st.builds(
    "{} {}".format,
    st.sampled_from(["before done"] * 4 + ["after swap", "after shift", "before drop", "after intent", "after run"]),
    st.sampled_from([1, 1, 1, 2, 3]),
)  # fmt: skip
_CUTS_BACK = st.builds("{} {}".format, st.sampled_from(["before undone", "after swap", "after shift", "after run"]),
                       st.sampled_from([1, 1, 2, 3]))  # fmt: skip
_KILLS = st.one_of(st.none(), _numbers(20), _numbers(100), _POINTS)


def _checks(most: int, beginning: str = "") -> st.SearchStrategy[list[str]]:
    """Draw checks of those that a machine draws from."""

    def choose(machine: Drawn) -> st.SearchStrategy[list[str]]:
        pool = [check for check in machine.pool if check.startswith(beginning)]
        return st.lists(st.sampled_from(pool), min_size=1, max_size=most, unique=True)

    return st.runner().flatmap(choose)


_MEANWHILE = st.lists(
    st.tuples(_numbers(120), st.sampled_from(BESIDE)), max_size=3, unique_by=lambda one: THEIRS[one[1]].objects
)
_DIES = st.sampled_from([f"{when} {who}" for when in ("preinst", "postinst", "prerm") for who in ("engine", "all")])


def _named(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, act in THEIRS.items() if any(one in " ".join(act.objects) for one in words)])


def _draw_near(checks: list[str], data: st.DataObject) -> list[str]:
    near = [name for check in checks for name in NEAR[check]]
    return data.draw(st.lists(st.sampled_from(near), min_size=1, max_size=2)) if near else []


def _draw_beside(checks: list[str], data: st.DataObject) -> list[tuple[int, str]]:
    near = [name for check in checks for name in NEAR[check] if THEIRS[name].beside]
    near += [name for name in near if THEIRS[name].opens] * 2  # who holds a file open while it is changed
    return [(data.draw(_numbers(12)), data.draw(st.sampled_from(near)))] if near else []


def _can_go_on(machine: Drawn) -> bool:
    """Tell whether there is a change to go on with."""
    return machine.began


def _draws_all(machine: Drawn) -> bool:
    """Tell whether others touch anything: near a fault they touch what the fixes of there change."""
    return len(machine.pool) == len(FIXES)


def _has_packages(machine: Drawn) -> bool:
    """Tell whether a machine draws fixes that install or remove."""
    return any(check.startswith("PKG-") for check in machine.pool)


class Drawn(RuleBasedStateMachine):
    """One sequence: its steps are written down, and done later.

    Attributes:
        pool: The checks whose fixes are drawn.
    """

    out: list[list[Step]]
    pool: tuple[str, ...] = tuple(sorted(FIXES))

    @initialize(checks=_checks(8), meanwhile=_MEANWHILE, kill=_KILLS)
    def start(self, checks: list[str], meanwhile: list[tuple[int, str]], kill: int | None) -> None:
        self.steps: list[Step] = []
        self.number = 100
        self.kept = 0
        self.began = False
        self.ours: set[str] = set()
        self.fix(checks, meanwhile, kill)

    def _do(self, **step: Any) -> None:
        self.steps.append({name: value for name, value in step.items() if value or (value == 0 and value is not False)})
        if step["do"] == "fix":
            self.began = True
            self.ours |= set(step["checks"])

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _beside(self, drawn: list[tuple[int, str]]) -> list[Step]:
        return [{"step": step, "name": name, "n": self._next()} for step, name in drawn]

    @rule(checks=_checks(4), meanwhile=_MEANWHILE, kill=_KILLS)
    def fix(self, checks: list[str], meanwhile: list[tuple[int, str]], kill: int | str | None) -> None:
        self._do(do="fix", checks=checks, kill=kill, meanwhile=self._beside(meanwhile))

    @precondition(_has_packages)
    @rule(checks=_checks(4, "PKG-"), how=st.one_of(_DIES, st.just("locked")))
    def fix_packages(self, checks: list[str], how: str) -> None:
        self._do(do="fix", checks=checks, **({"locked": True} if how == "locked" else {"die": how}))

    @rule(checks=_checks(2), kill=_CUTS, data=st.data())
    def cut_off(self, checks: list[str], kill: str, data: st.DataObject) -> None:
        """A fix is cut off, and others touch the very same before anybody looks."""
        self._do(do="fix", checks=checks, kill=kill, meanwhile=self._beside(_draw_beside(checks, data)))
        self._theirs(_draw_near(checks, data))

    @precondition(_can_go_on)
    @rule(kill=_CUTS_BACK, data=st.data())
    def cut_off_undo(self, kill: str, data: st.DataObject) -> None:
        """The same of an undo."""
        checks = data.draw(st.lists(st.sampled_from(sorted(self.ours)), min_size=1, max_size=2, unique=True))
        self._do(do="undo", checks=checks, kill=kill, meanwhile=self._beside(_draw_beside(checks, data)))
        self._theirs(_draw_near(checks, data))

    @precondition(_can_go_on)
    @rule(checks=_checks(4), force=st.booleans(), kill=_KILLS, meanwhile=_MEANWHILE)
    def undo_some(self, checks: list[str], force: bool, kill: int | None, meanwhile: list[tuple[int, str]]) -> None:
        force = force and not meanwhile and can_force(self.steps, checks)
        self._do(do="undo", checks=checks, force=force, kill=kill, meanwhile=self._beside(meanwhile))

    @precondition(_can_go_on)
    @rule(kill=_KILLS, die=st.sampled_from([None, "prerm engine", "prerm all"]))
    def undo_all(self, kill: int | None, die: str | None) -> None:
        self._do(do="undo", kill=kill, die=die)

    @precondition(_can_go_on)
    @rule(kill=_KILLS)
    def resume(self, kill: int | None) -> None:
        self._do(do="resume", kill=kill)

    @precondition(_can_go_on)
    @rule(how=st.sampled_from(["timer", "keep", "reboot"]))
    def go_on(self, how: str) -> None:
        self._do(do=how)
        if how == "keep" and self.kept < 2:
            self.kept += 1
            self.began = False

    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        """Others touch what ours has changed."""
        self._theirs(_draw_near(sorted(self.ours), data))

    @precondition(_draws_all)
    @rule(names=st.lists(_named("/"), min_size=1, max_size=3))
    def edit(self, names: list[str]) -> None:
        self._theirs(names)

    @precondition(_draws_all)
    @rule(names=st.lists(_named("["), min_size=1, max_size=3))
    def change_accounts(self, names: list[str]) -> None:
        self._theirs(names)

    @precondition(_draws_all)
    @rule(name=_named("package"))
    def change_packages(self, name: str) -> None:
        self._theirs([name])

    @precondition(_draws_all)
    @rule(names=st.lists(_named("unit", "nft", "net "), min_size=1, max_size=3))
    def change_what_runs(self, names: list[str]) -> None:
        self._theirs(names)

    def _theirs(self, names: list[str]) -> None:
        if names:
            self._do(do="theirs", acts=[{"name": name, "n": self._next()} for name in names])

    def teardown(self) -> None:
        if hasattr(self, "steps"):
            self.out.append(self.steps)


def can_force(steps: list[Step], checks: list[str]) -> bool:
    """Tell whether nobody else touched what the fixes of some checks, and others along with them, may change."""
    acts = [act for step in steps for act in [*step.get("acts", []), *step.get("meanwhile", [])]]
    theirs = {name.replace("{n}", str(act["n"])) for act in acts for name in THEIRS[act["name"]].objects}
    ours = {name for check in checks for name in FIXES[check].objects}
    near = {name for fix in FIXES.values() if ours & set(fix.objects) for name in fix.objects}
    return not any(is_among(name, theirs) for name in near) and not any(is_among(name, near) for name in theirs)


def draw(cases: int, random_seed: int, steps: int = 9, near: tuple[str, ...] = ("",)) -> list[list[Step]]:
    """Return random sequences, each of a seed of its own: of one seed hypothesis draws many that are much alike.

    Args:
        cases: How many.
        random_seed: Which.
        steps: How long each may be.
        near: How the checks begin whose fixes are drawn.
    """
    pool = tuple(check for check in sorted(FIXES) if check.startswith(near))
    return [_draw_one(random_seed * 100_003 + number, steps, pool) for number in range(cases)]


def _draw_one(random_seed: int, steps: int, pool: tuple[str, ...]) -> list[Step]:
    out: list[list[Step]] = []
    made = seed(random_seed)(type("Seeded", (Drawn,), {"out": out, "pool": pool}))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        made,
        settings=settings(
            max_examples=2, stateful_step_count=steps, deadline=None, database=None, derandomize=False,
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck), print_blob=False,
        ),
    )  # fmt: skip
    return out[-1]  # the first is the simplest that there is
