"""``make twins``: random sequences on twins; one that fails is made shorter, shown and kept."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rempart_testing import nspawn
from rempart_testing.twins import machine


def main() -> int:
    """Return the exit status: 0, 1 (a sequence fails), 2 (can't run here)."""
    parser = argparse.ArgumentParser(prog="make twins", description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="CASES=200: how many sequences")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="SEED=7: which")
    options = parser.parse_args()
    if lacking := nspawn.missing():
        print(lacking, file=sys.stderr)
        return 2
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rempart-twins-") as folder, machine.make_twins(Path(folder)) as twins:
        for path in sorted(machine.KEPT.glob("*.json")):
            if why := machine.fails(twins, machine.read(path)):
                print(f"{path}:\n{why}")
                return 1
        try:
            machine.run(twins, options.cases, options.seed)
        except machine.Found as found:
            print(f"{found}\n\nmaking it shorter …", flush=True)
            steps = machine.shrink(twins, found.steps)
            print(f"kept as {machine.keep(steps)}: {len(steps)} steps")
            return 1
        print(f"{machine.tell(twins.counts)}; seed {options.seed}, {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
