"""``make bench``, last part: the reports of a fleet of 4,500 hosts and 400,000 results.

Each report is written by a process of its own; wall time, CPU time and peak memory are the operating system's of that
process, the interpreter and the making of the fleet included. The fleet is made up from the catalogue while it is read:
nine results of ten pass, findings have evidence, some are waived, one host of fifty is silent. Aims: JUnit under 5 s
and 60 MiB, HTML under 20 s and 150 MiB, and the same memory for JUnit of ten times as many hosts (``--large``).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from rempart_agent.audit import content_cache
from rempart_core.content.place import check_directories
from rempart_core.model.check import Check
from rempart_core.model.result import AppliedWaiver, EngineIdentity, Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text
from rempart_reports.formats.registry import load_directory
from rempart_reports.formats.report_file import write_report
from rempart_reports.views.options import Options

HOSTS = 4_500  # times 89 checks of Linux: 400,000 results
POOL = 100  # different results of each check
AIMS = {"junit": (5, 60), "html_dir": (20, 150)}  # seconds and MiB
KINDS = ("junit", "junit_dir", "html_dir", "csv", "jsonl", "markdown")
_REASONS = {
    State.PASS: Text("3 of 3 pass", "3 sur 3 réussis"),
    State.FAIL: Text("2 of 5 fail", "2 sur 5 en échec"),
    State.ERROR: Text("the deadline was reached", "le délai est écoulé"),
    State.NOT_APPLICABLE: Text("no such thing is installed", "rien de tel n’est installé"),
    State.NOT_CHECKED: Text("needs a running system", "exige un système en marche"),
}
_SILENT = Text("no answer: connection timed out", "pas de réponse : délai de connexion dépassé")
_STATES = (
    State.FAIL,
    State.FAIL,
    State.FAIL,
    State.ERROR,
    State.NOT_APPLICABLE,
    State.NOT_APPLICABLE,
    State.NOT_CHECKED,
)


def _evidence(state: State, number: int) -> Evidence | None:
    if state not in {State.PASS, State.FAIL}:
        return None
    failing = 2 if state is State.FAIL else 0
    rows = [
        {
            "item": f"/srv/data/{number % 997}/file-{row}",
            "observed": f"mode 0{640 + row}, owner {number % 31}",
            "expected": "mode 0600, owner root",
            "ok": "0" if row < failing else "1",
        }
        for row in range(failing + 3)
    ]
    return Evidence(rows, failing, 0, 3)


def _judge(check: Check, host: int, random: Random, *, silent: bool) -> Result:
    state = State.PASS if random.random() < 0.9 else random.choice(_STATES)
    if silent:
        state = State.NOT_CHECKED
    waived = state is State.FAIL and host % 5 == 0
    failure = {State.ERROR: "timeout", State.NOT_CHECKED: "silent" if silent else "not_observable"}.get(state, "")
    return Result(
        check=check.id,
        revision=check.revision,
        title=check.title,
        area=check.area,
        severity=check.severity,
        state=state,
        reason=_SILENT if silent else _REASONS[state],
        rationale=check.rationale,
        remediation=check.remediation,
        controls=check.controls,
        evidence=_evidence(state, host),
        waiver=AppliedWaiver("replaced in spring", "CISO", "2027-03-31 Europe/Paris") if waived else None,
        parameters={name: one.default for name, one in check.parameters.items()},
        sql={} if silent else dict(next(iter(check.platforms.values())).statements()),
        seconds=0.0 if silent else 0.0031,
        path=check.path,
        failure=failure,
    )


def make_fleet(hosts: int) -> Iterator[Run]:
    """Yield the run of each host, the same at each call; results come from a pool, so that making them costs little."""
    listed = [check for check in content_cache.load(check_directories([]), "linux").checks if check.platforms]
    random = Random(7)  # noqa: S311 - the same fleet at each call
    pool = [[_judge(check, number, random, silent=False) for number in range(POOL)] for check in listed]
    nothing = [_judge(check, 0, random, silent=True) for check in listed]
    for host in range(hosts):
        silent = host % 50 == 49
        started = f"2026-11-{20 + host % 5:02}T0{host % 9}:{host % 60:02}:00Z"
        yield Run(
            target=TargetIdentity(
                f"poste-{host:05}.site{host % 12}.example",
                "host",
                f"centre-{host % 12}",
                "linux",
                "" if silent else "Debian GNU/Linux 13 (trixie)",
                f"{host:016x}",
            ),
            engine=EngineIdentity("embedded", "0.1.0", "root", privileged=True),
            role="workstation",
            profile="all",
            started=started,
            ended=started,
            results=nothing if silent else [random.choice(variants) for variants in pool],
            content="5d41402abc4b2a76b9719d911017c592ae1f0c2a4c8a5fbc2d4a3c5b9e1f7a60",
            version="0.1.0",
            seconds=1.5,
        )


def write(kind: str, hosts: int, folder: str) -> None:
    """Write one report into a folder."""
    options = Options(generated="2026-11-25T13:00:00Z")
    name = kind.removesuffix("_dir")
    if name != kind:
        load_directory(name).write_directory(folder, make_fleet(hosts), options)
    else:
        write_report(str(Path(folder) / f"report.{kind}"), name, make_fleet(hosts), options)


def measure(kind: str, hosts: int) -> None:
    """Write a report in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as folder:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, __file__, "--write", kind, folder, "--hosts", str(hosts)])
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{kind}: status {process.returncode}")
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    aim = "aim: {} s, {} MiB".format(*AIMS[kind]) if kind in AIMS and hosts == HOSTS else ""
    took = f"{wall:6.1f} s {cpu:6.1f} s CPU {memory:5.0f} MiB"
    print(f"{kind:<10} {hosts:>6} hosts {took} {len(files):>6} files {size:6.0f} MB  {aim}", flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=HOSTS)
    parser.add_argument("--large", action="store_true", help="JUnit of ten times as many hosts too")
    parser.add_argument("--write", nargs=2, metavar=("KIND", "DIR"), help="write one report and measure nothing")
    options = parser.parse_args()
    if options.write:
        write(options.write[0], options.hosts, options.write[1])
        return 0
    for kind in KINDS:
        measure(kind, options.hosts)
    if options.large:
        measure("junit", options.hosts * 10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
