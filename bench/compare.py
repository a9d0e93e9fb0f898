"""``make bench``: whole processes, medians and ratios, against goss and pytest-testinfra in the same run.

The candidates take turns (A B C A B C …), so that a machine that slows down slows them all. Figures are the operating
system's own of each finished process and its children: wall time, CPU time, peak memory of the largest process.
Findings are no errors here: exit statuses are not looked at, but a candidate that can't be started is left out, and
said so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent


def measure(command: list[str], env: dict[str, str]) -> tuple[float, float, float]:
    """Run a command and return its wall seconds, CPU seconds and peak memory in MiB."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=HERE)
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def candidates(folder: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return the commands by name, with their environments."""
    rempart, base = str(BIN / "rempart"), dict(os.environ)
    base.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    warm = base | {"XDG_CACHE_HOME": str(folder / "warm")}
    cold = base | {"REMPART_NO_CACHE": "1"}  # every run reads its checks from YAML
    audit = [rempart, "audit", "--profile", "all"]
    found = {
        "rempart, all checks": ([*audit], warm),
        "rempart, JUnit too": ([*audit, "--junit", str(folder / "junit.xml")], warm),
        "rempart, cold cache": ([*audit], cold),
    }
    if shutil.which("goss"):
        found["goss validate"] = (["goss", "--gossfile", str(HERE / "goss.yaml"), "validate"], base)
    else:
        print("goss is not installed (Debian package goss): not measured", file=sys.stderr)
    probe = subprocess.run([sys.executable, "-c", "import testinfra"], capture_output=True, check=False)
    if probe.returncode == 0:
        testinfra = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "test_testinfra.py")]
        found["pytest-testinfra"] = ([*testinfra, "-c", "/dev/null", "--rootdir", str(HERE)], base)
    else:
        print("pytest-testinfra is not installed: not measured", file=sys.stderr)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="counted runs of each candidate (default: 15)")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        chosen = candidates(Path(name))
        figures: dict[str, list[tuple[float, float, float]]] = {key: [] for key in chosen}
        for turn in range(options.runs + 1):
            for key, (command, env) in chosen.items():
                figure = measure(command, env)
                if turn:  # the first of each warms the file cache up
                    figures[key].append(figure)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{turn}/{options.runs} ")
    medians = {key: [statistics.median(column) for column in zip(*rows, strict=True)] for key, rows in figures.items()}
    peer = medians.get("goss validate")
    print(f"\n{'':22}{'wall ms':>9}{'CPU ms':>9}{'MiB':>7}   {'CPU to goss':>12}")
    for key, (wall, cpu, memory) in medians.items():
        ratio = f"{cpu / peer[1]:.2f}" if peer else "-"
        print(f"{key:22}{wall * 1e3:9.0f}{cpu * 1e3:9.0f}{memory:7.0f}   {ratio:>12}")
    if options.json:
        Path(options.json).write_text(json.dumps(medians, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
