"""``make twins``: random sequences on twins; one that fails is made shorter, shown and kept."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rempart_testing import nspawn
from rempart_testing.twins import machine
from rempart_testing.twins.base import make_base
from rempart_testing.twins.draw import draw
from rempart_testing.twins.faults import FAULTS, Fault


def main() -> int:
    """Return the exit status: 0, 1 (a sequence fails, or a fault is not found), 2 (can't run here)."""
    parser = argparse.ArgumentParser(prog="make twins", description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="CASES=200: how many sequences")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="SEED=7: which")
    parser.add_argument("--enough", type=int, default=3, help="ENOUGH=3: how many may disagree before it ends")
    parser.add_argument(
        "--pairs", type=int, default=machine.PAIRS, help="PAIRS=3: how many hosts with their twins at once"
    )
    parser.add_argument("--fault", default="", help="FAULT=settle: plant the faults so named, one by one; all for each")
    options = parser.parse_args()
    if lacking := nspawn.missing():
        print(lacking, file=sys.stderr)
        return 2
    if options.fault:
        return _try_faults(options.fault, options.cases, options.seed)
    begun, engine = time.monotonic(), machine.name_engine()
    with tempfile.TemporaryDirectory(prefix="rempart-twins-") as folder, machine.make_twins(Path(folder)) as twins:
        kept = machine.read_kept()

        def tell(done: int, found: machine.Found | None) -> None:
            if found:
                print(f"sequence {found.number + 1} disagrees:\n{found}\n", flush=True)
            if done % 10 == 0:
                print(f"{done} sequences, {time.monotonic() - begun:.0f} s", flush=True)

        found = twins.run(
            [*kept, *draw(options.cases, options.seed)], enough=options.enough, told=tell, pairs=options.pairs
        )
        spent = time.monotonic() - begun
        for one in found:
            print(f"making sequence {one.number + 1} shorter …", flush=True)
            steps = twins.shrink(one.steps) if one.number >= len(kept) else one.steps
            print(f"kept as {machine.keep(steps)}: {len(steps)} steps\n", flush=True)
        print(f"{machine.tell(twins.counts)}; seed {options.seed}, {spent:.0f} s, {len(found)} disagree")
        print(f"{len(kept)} kept, {options.cases} drawn; state of the engine: {engine}")
    return 1 if found else 0


def _try_faults(word: str, cases: int, seed: int) -> int:
    """Plant faults, and say of each by which sequence it is found."""
    missed = 0
    wanted = {name: fault for name, fault in FAULTS.items() if word == "all" or word in name}
    with tempfile.TemporaryDirectory(prefix="rempart-twins-") as top:
        base = make_base(nspawn.expect_tree(), Path(top))
        for name, fault in wanted.items():
            with tempfile.TemporaryDirectory(prefix="rempart-twins-") as folder:
                missed += not _try_fault(name, fault, base, Path(folder), cases, seed)
    return 1 if missed else 0


def _try_fault(name: str, fault: Fault, base: Path, folder: Path, cases: int, seed: int) -> bool:
    """Plant a fault, and tell whether it is found."""
    begun = time.monotonic()
    with machine.make_twins(folder, fault, base) as twins:
        found = twins.run(draw(cases, seed, near=fault.near), enough=1)
        drawn = bool(found)
        found = found or twins.run(machine.read_kept(), enough=1)
    spent = f"seed {seed}, fixes {' '.join(one + '*' for one in fault.near)}, {time.monotonic() - begun:.0f} s"
    if found:
        which = "drawn" if drawn else f"kept, not by {cases} drawn"
        print(f"{name}: found by sequence {found[0].number + 1} ({which}; {spent})\n{found[0]}\n", flush=True)
    else:
        print(f"{name}: not found by {cases} sequences, nor by those that are kept ({spent})\n", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
