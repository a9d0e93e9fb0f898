"""``make bench``, second part: a run through osqueryd beside its bare queries; lint and test of the whole catalogue.

Without a real osqueryd (its socket in ``REMPART_OSQUERYD_SOCKET``) the tests' stand-in answers, over this machine's own
tables. The bare queries are the statements of the run, sent one after the other by the osquery package's own client.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rempart_agent.audit import content_cache
from rempart_agent.audit.examine import Circumstances, examine_all
from rempart_agent.engines.osquery.osqueryd import Osqueryd
from rempart_core.content.place import check_directories
from rempart_core.model import selection

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
ROUNDS = 5


def measure(path: str) -> None:
    """Print medians of a run and of its bare queries."""
    from osquery import ExtensionClient

    content = content_cache.load(check_directories([]), "linux")
    profile = selection.find_profile(content.profiles, "all")
    selected, _ = selection.select(content.checks, profile, "linux")
    here = Circumstances("linux", "server", privileged=True)
    runs: list[float] = []
    bares: list[float] = []
    for _ in range(ROUNDS):
        engine = Osqueryd(path)
        began = time.perf_counter()
        results = examine_all(selected, engine, here, None, content.parts, content.uses)
        runs.append(time.perf_counter() - began)
        client = ExtensionClient(path)
        client.open()
        statements = [sql for result in results for sql in result.sql.values()]
        began = time.perf_counter()
        for sql in statements:
            client.extension_manager_client().query(sql)
        bares.append(time.perf_counter() - began)
        client.close()
        engine.close()
    ratio = statistics.median(run / bare for run, bare in zip(runs, bares, strict=True))
    print(f"{len(selected)} checks, {len(statements)} statements")
    run, bare = (statistics.median(times) * 1e3 for times in (runs, bares))
    print(f"run {run:.0f} ms, bare queries {bare:.0f} ms, ratio {ratio:.2f}")


def main() -> int:
    """Measure and print."""
    given = os.environ.get("REMPART_OSQUERYD_SOCKET", "")
    with tempfile.TemporaryDirectory(prefix="rempart-bench-") as name:
        path = given or f"{name}/osquery.em"
        daemon = None
        if not given:
            environment = os.environ | {"PYTHONPATH": str(HERE.parent / "tests" / "support")}
            command = [sys.executable, "-m", "rempart_testing.osqueryd", "--socket", path, "--live"]
            daemon = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert daemon.stdout is not None
            daemon.stdout.readline()  # it says "ready"
        try:
            measure(path)
        finally:
            if daemon is not None:
                daemon.kill()
                daemon.wait()
    for action in ("lint", "test"):
        began = time.perf_counter()
        subprocess.run([str(BIN / "rempart"), "checks", action], check=True, stdout=subprocess.DEVNULL)
        print(f"checks {action}: {time.perf_counter() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
