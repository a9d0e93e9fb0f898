"""Sequences done on twins, several pairs at once; and what is kept of one that fails."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rempart_testing import nspawn
from rempart_testing.twins.base import ENGINE, make_base, plant_fault
from rempart_testing.twins.draw import Step
from rempart_testing.twins.faults import Fault
from rempart_testing.twins.pair import Pair

KEPT = Path(__file__).resolve().parents[3] / "lab/twins"
PAIRS = 3  # at work at once: while one waits for its systemd, another uses the processor
_SECONDS = 600.0  # how long a sequence that fails is made shorter


class Found(NamedTuple):
    """A sequence that failed.

    Attributes:
        number: Which it was.
        steps: Its steps.
        why: What is wrong.
    """

    number: int
    steps: list[Step]
    why: str

    def __str__(self) -> str:
        return "\n".join([*(json.dumps(step, sort_keys=True) for step in self.steps), self.why])


class Twins:
    """Makes pairs and does sequences on them."""

    def __init__(self, world: nspawn.World) -> None:
        self._world = world
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def replay(self, steps: list[Step]) -> None:
        """Do steps on a pair that boots for them, undo all and compare."""
        with self._lock:
            number = next(self._numbers)
        pair = Pair(self._world, number)
        try:
            pair.ready()
            for step in steps:
                pair.step(step)
            pair.finish()
            with self._lock:
                self.counts += pair.counts
        finally:
            pair.end()

    def fails(self, steps: list[Step]) -> str:
        """Return why a sequence fails; ``""`` where it does not."""
        try:
            self.replay(steps)
        except Exception as error:  # noqa: BLE001  # whatever it is
            return str(error) or type(error).__name__
        return ""

    def run(
        self, sequences: Sequence[list[Step]], *, pairs: int = PAIRS, enough: int = 0,
        told: Callable[[int, Found | None], None] | None = None,
    ) -> list[Found]:  # fmt: skip
        """Try sequences, several at once; return those that fail, no more are begun once there are enough of them.

        Each is told as it ends: how many have, and what is wrong with it.
        """
        found: list[Found] = []
        ended = itertools.count(1)
        with ThreadPoolExecutor(pairs) as pool:
            begun = {pool.submit(self.fails, steps): number for number, steps in enumerate(sequences)}
            try:
                for done in as_completed(begun):
                    if done.cancelled():
                        continue
                    one = Found(begun[done], sequences[begun[done]], why) if (why := done.result()) else None
                    if told:
                        told(next(ended), one)
                    found += [one] if one else []
                    for waiting in begun if enough and len(found) >= enough else ():
                        waiting.cancel()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)  # whoever interrupts it waits for those that run alone
                raise
        return sorted(found)

    def shrink(self, steps: list[Step], seconds: float = _SECONDS) -> list[Step]:
        """Return a sequence without the steps, fixes and acts that it also fails without, as far as the time goes."""
        until = time.monotonic() + seconds
        at = 0
        while time.monotonic() < until:
            tries = list(itertools.islice(_shorter(steps), at, at + PAIRS))
            if not tries:
                break
            with ThreadPoolExecutor(PAIRS) as pool:
                good = [one for one, why in zip(tries, pool.map(self.fails, tries), strict=True) if why]
            steps, at = (min(good, key=_length), 0) if good else (steps, at + PAIRS)
        return steps


def _shorter(steps: list[Step]) -> Iterator[list[Step]]:
    """Give a sequence without each of its steps, the last first; then without each part of one."""
    for at in reversed(range(len(steps))):
        if len(steps) > 1:
            yield [*steps[:at], *steps[at + 1 :]]
    for at, step in enumerate(steps):
        for name in ("checks", "acts", "meanwhile"):
            parts = step.get(name, [])
            for one in range(len(parts)) if len(parts) > 1 or name == "meanwhile" else ():
                shorter = {**step, name: [*parts[:one], *parts[one + 1 :]]}
                yield [*steps[:at], {key: value for key, value in shorter.items() if value != []}, *steps[at + 1 :]]


def _length(steps: list[Step]) -> int:
    return len(json.dumps(steps))


@contextmanager
def make_twins(folder: Path, fault: Fault | None = None, base: Path | None = None) -> Iterator[Twins]:
    """Make a world for twins, and end it.

    Args:
        folder: Where.
        fault: What is planted into the engine there.
        base: What they boot from, where it was made before.
    """
    tree = nspawn.expect_tree()
    base = base or make_base(tree, folder / "plain")
    with nspawn.make_world(tree, folder, over=plant_fault(base, folder, fault) if fault else base) as world:
        yield Twins(world)


def tell(counts: Counter[str]) -> str:
    """Return what a run came to."""
    words = {
        "sequences": "sequences", "acts": "acts of ours", "others": "of others", "kills": "kills", "reboots": "reboots",
        "undos": "undos", "timers": "by the timer", "resumes": "resumes", "in the way": "acts of others that ours kept",
        "said alike": "that said what ours had said",
    }  # fmt: skip
    return ", ".join(f"{counts[name]} {word}" for name, word in words.items())


def name_engine() -> str:
    """Return a name of the engine's code: runs on the same code may be added up."""
    files = sorted(ENGINE.rglob("*.py"))
    return sha256(b"".join(str(one.relative_to(ENGINE)).encode() + one.read_bytes() for one in files)).hexdigest()[:12]


def read(path: Path) -> list[Step]:
    """Return a sequence that was kept."""
    steps: list[Step] = json.loads(path.read_text())
    return steps


def read_kept() -> list[list[Step]]:
    """Return all sequences that were kept."""
    return [read(path) for path in sorted(KEPT.glob("*.json"))]


def keep(steps: list[Step], folder: Path = KEPT) -> Path:
    """Write a sequence where it is tried ever after."""
    text = "[\n" + ",\n".join(" " + json.dumps(step, sort_keys=True) for step in steps) + "\n]\n"
    path = folder / f"{sha256(text.encode()).hexdigest()[:12]}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path
