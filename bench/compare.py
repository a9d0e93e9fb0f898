"""``make bench``: whole processes, medians and ratios, against goss and pytest-testinfra in the same run.

The candidates take turns (A B C A B C …), so that a machine that slows down slows them all; a ratio is the median of
the ratios of each turn. Figures are the operating system's own of each finished process and its children: wall time,
CPU time, peak memory of the largest process. Findings are no errors here: exit statuses are not looked at, but a
candidate that can't be started is left out, and said so.

Root measures with empty folders for temporary files, since PRV-03 searches them: what others left there is no cost of
ours. ``--against TREE`` takes turns with another checkout of this project: what a change costs or gains.

What a further check costs is what the checks that walk nothing cost a second time, under other ids: what they read is
read already.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEER = "goss validate"
AIMS = "aims: all checks with JUnit at most 1.8 times goss, one check at most 45 ms of CPU, a further one 0.3 ms"
ONCE, TWICE = "all checks", "most checks twice"
_NO_MACHINE = {"data", "foreign", "frameworks", "images", "organisation", "profiles", "scenarios"}
_APART = "REMPART_BENCH_APART"
_EMPTY = """for folder in /tmp /var/tmp /dev/shm; do
  if [ -d "$folder" ]; then mount -t tmpfs none "$folder" || exit; fi
done
exec "$@"
"""


def measure(command: list[str], env: dict[str, str]) -> tuple[float, float, float]:
    """Run a command and return its wall seconds, CPU seconds and peak memory in MiB."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=HERE)
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def step_apart() -> None:
    """Begin anew with empty folders for temporary files, which no other process sees; only root can."""
    inside = any(str(HERE).startswith(folder) for folder in ("/tmp/", "/var/tmp/", "/dev/shm/"))
    if _APART in os.environ or os.geteuid() != 0 or inside or not shutil.which("unshare"):
        return
    probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if probe.returncode == 0:
        again = ["unshare", "-m", "sh", "-c", _EMPTY, "sh", sys.executable, *sys.argv]
        os.execvpe("unshare", again, os.environ | {_APART: "1"})  # noqa: S606 - there is a shell enough in it


def ours(tree: Path, base: dict[str, str], cache: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command of a checkout of this project, and its environment."""
    parts = ("agent", "controller", "core", "reports")
    command = [
        sys.executable,
        "-c",
        "from rempart_controller.commands.main import main; main()",
        "audit",
        "--engine",
        "embedded",
    ]
    paths = ":".join(str(tree / part) for part in parts)
    return [*command, "--quiet", "--profile", "all"], base | {"PYTHONPATH": paths, "XDG_CACHE_HOME": str(cache)}


def copy_checks(tree: Path, to: Path) -> int:
    """Write the checks of Linux that walk nothing into a folder under other ids, and return how many they are."""
    count = 0
    for path in sorted((tree / "checks").glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if path.parent.name in _NO_MACHINE or path.name.endswith(".test.yaml"):
            continue
        if "\n  linux:" not in text or "rempart_walk" in text or "\nreplaced_by:" in text:
            continue
        copy = to / path.parent.name / f"x{path.name}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(re.sub(r"^id: ", "id: X", text, flags=re.MULTILINE), encoding="utf-8")
        count += 1
    return count


def candidates(folder: Path, other: Path | None) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return the commands by name, with their environments."""
    base = dict(os.environ)
    base.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    report = ["--junit", str(folder / "junit.xml")]
    found: dict[str, tuple[list[str], dict[str, str]]] = {}
    for mark, tree in [("", HERE.parent), *([("other: ", other.resolve())] if other else [])]:
        audit, warm = ours(tree, base, folder / f"cache {mark}".strip(" :"))
        found[f"{mark}all checks, JUnit"] = ([*audit, *report], warm)
        found[f"{mark}one check, JUnit"] = ([*audit, "--checks", "KRN-01", *report], warm)
    audit, warm = ours(HERE.parent, base, folder / "cache")
    found[ONCE] = (audit, warm)
    found[TWICE] = ([*audit, "--checks-dir", str(folder / "again")], warm)
    found["all checks, cold cache"] = (audit, warm | {"REMPART_NO_CACHE": "1"})  # reads its checks from YAML
    if shutil.which("goss"):
        found[PEER] = (["goss", "--gossfile", str(HERE / "goss.yaml"), "validate"], base)
    else:
        print("goss is not installed (Debian package goss): not measured", file=sys.stderr)
    probe = subprocess.run([sys.executable, "-c", "import testinfra"], capture_output=True, check=False)
    if probe.returncode == 0:
        testinfra = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "test_testinfra.py")]
        found["pytest-testinfra"] = ([*testinfra, "-c", "/dev/null", "--rootdir", str(HERE)], base)
    else:
        print("pytest-testinfra is not installed: not measured", file=sys.stderr)
    return found


def against(rows: list[tuple[float, float, float]], others: list[tuple[float, float, float]] | None) -> str:
    """Return the median of the ratios of CPU time, turn by turn."""
    return f"{statistics.median(a[1] / b[1] for a, b in zip(rows, others, strict=True)):.2f}" if others else "-"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="counted runs of each candidate (default: 15)")
    parser.add_argument("--against", metavar="TREE", type=Path, help="another checkout, to be measured beside this one")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON too, not below /tmp")
    options = parser.parse_args()
    step_apart()
    with tempfile.TemporaryDirectory() as name:
        again = copy_checks(HERE.parent, Path(name) / "again")
        chosen = candidates(Path(name), options.against)
        figures: dict[str, list[tuple[float, float, float]]] = {key: [] for key in chosen}
        for turn in range(options.runs + 1):
            for key, (command, env) in chosen.items():
                figure = measure(command, env)
                if turn:  # the first of each warms the file cache up
                    figures[key].append(figure)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{turn}/{options.runs} ")
    medians = {key: [statistics.median(column) for column in zip(*rows, strict=True)] for key, rows in figures.items()}
    print(f"\n{'':24}{'wall ms':>9}{'CPU ms':>9}{'MiB':>7}{'CPU to goss':>14}{'to other':>10}")
    for key, (wall, cpu, memory) in medians.items():
        peer, other = against(figures[key], figures.get(PEER)), against(figures[key], figures.get(f"other: {key}"))
        print(f"{key:24}{wall * 1e3:9.0f}{cpu * 1e3:9.0f}{memory:7.0f}{peer:>14}{other:>10}")
    further = statistics.median(b[1] - a[1] for a, b in zip(figures[ONCE], figures[TWICE], strict=True)) / again
    print(f"a further check: {further * 1e3:.2f} ms of CPU ({again} of them)")
    print(AIMS)
    if options.json:
        Path(options.json).write_text(json.dumps(medians, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
