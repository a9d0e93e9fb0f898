"""What one machine's audit costs, before and after: pairs of two states of Rempart, and goss, in one run.

``bench/models.py --before FOLDER`` takes a checkout of the earlier state (``git worktree add FOLDER COMMIT``); without
it only this state and goss are measured. The candidates take turns, the order turned round each time; figures are the
user and system CPU of each process and its children, medians, and the median of the ratios of each pair. Nothing walks,
and ``/tmp`` is empty in a mount namespace of its own where that may be had (root), since PRV-03 looks through it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ("agent", "controller", "core", "reports")
START = "import sys; from rempart_controller.commands.main import main; sys.argv[0] = 'rempart'; sys.exit(main())"
ALONE = "REMPART_BENCH_ALONE"  # set where /tmp is empty already


def cost(command: list[str], env: dict[str, str]) -> float:
    """Run a command and return its CPU milliseconds."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env=env, cwd="/")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def candidates(before: str, check: str, folder: str) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return the commands by name, with their environments."""
    base = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    found: dict[str, tuple[list[str], dict[str, str]]] = {}
    for name, top in (("before", before), ("now", str(HERE.parent))):
        if not top:
            continue
        path = os.pathsep.join(str(Path(top).resolve() / part) for part in PARTS)
        env = base | {"PYTHONPATH": path, "XDG_CACHE_HOME": f"{folder}/{name}"}
        audit = [sys.executable, "-c", START, "audit", "--engine", "embedded", "--quiet"]
        audit += ["--profile", "all", "--junit", "/dev/null"]
        found[f"{name}, all"] = audit, env
        found[f"{name}, {check}"] = [*audit, "--checks", check], env
    if shutil.which("goss"):
        found["goss, 40"] = ["goss", "--gossfile", str(HERE / "goss.yaml"), "validate"], base
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", metavar="FOLDER", default="", help="a checkout of the earlier state")
    parser.add_argument("--check", default="ACC-01", help="the one check that is measured alone (default: ACC-01)")
    parser.add_argument("--runs", type=int, default=20, help="counted runs of each candidate (default: 20)")
    options = parser.parse_args()
    if os.geteuid() == 0 and shutil.which("unshare") and not os.environ.get(ALONE):
        script = 'mount -t tmpfs tmpfs /tmp && exec "$@"'
        alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", sys.executable]
        os.execvpe(alone[0], [*alone, *sys.argv], os.environ | {ALONE: "1"})  # noqa: S606 - a program of this system
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        chosen = candidates(options.before, options.check, folder)
        figures: dict[str, list[float]] = {name: [] for name in chosen}
        for turn in range(options.runs + 1):
            for name in list(chosen)[:: 1 if turn % 2 else -1]:
                figure = cost(*chosen[name])
                if turn:  # the first of each fills the caches
                    figures[name].append(figure)
    print(f"{'':18}{'CPU ms':>8}{'least':>8}{'most':>8}{'to before':>11}{'to goss':>9}")
    for name, column in figures.items():
        ratios = []
        for other in (name.replace("now", "before"), "goss, 40"):
            pairs = [a / b for a, b in zip(column, figures.get(other, []), strict=False)]
            ratios.append(f"{statistics.median(pairs):.2f}" if pairs else "-")
        print(
            f"{name:18}{statistics.median(column):8.0f}{min(column):8.0f}{max(column):8.0f}{ratios[0]:>11}{ratios[1]:>9}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
