"""Measures the store: nightly runs of a fleet, saved one after the other, then asked.

    python bench/store.py                       10,000 endpoints × 91 checks × 90 runs, 0.5 % of results change a night
    python bench/store.py -e 1000 -n 30         a smaller fleet
    python bench/store.py --sign                with signed documents too
    python bench/store.py --store postgresql://…

A night's time is that of ``Store.save`` without the generator's own, which is measured apart. Evidence is what a fleet
shows: most checks look the same on every host that is set up alike, a third of them name something of the host.
"""

import argparse
import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator

from rempart_core.model.check import Remediation, Severity
from rempart_core.model.history import Drift
from rempart_core.model.result import EngineIdentity, Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text
from rempart_store.store import Store

DAY = 86_400
_NEW_OBJECTS = 200_000
SEVERITIES = [Severity.CRITICAL, Severity.HIGH, Severity.HIGH, Severity.MEDIUM, Severity.MEDIUM, Severity.LOW]
STATES = [State.PASS] * 14 + [State.FAIL] * 4 + [State.NOT_APPLICABLE] * 3 + [State.ERROR]


class Fleet:
    """Endpoints whose results change a little every night."""

    def __init__(self, endpoints: int, checks: int, change: float) -> None:
        self._random = random.Random(20261125)  # noqa: S311 - a generator of test data
        self._change = change
        self._checks = checks
        self._engine = EngineIdentity("embedded", "0.1.0", "root", privileged=True)
        self.hosts = [[self._result(host, check) for check in range(checks)] for host in range(endpoints)]
        self.spent = 0.0

    def _result(self, host: int, check: int) -> Result:
        state = self._random.choice(STATES)
        ok = {State.PASS: "1", State.FAIL: "0"}.get(state)
        evidence = None
        if ok:
            of_host = check % 3 == 0
            rows = [
                {
                    "item": f"/etc/part-{check}/{host if of_host else row}.conf",
                    "observed": f"setting {self._random.randrange(1000 if of_host else 3)} of {row}",
                    "expected": "as the baseline says, or stricter",
                    "ok": ok,
                }
                for row in range(1 + check % 3)
            ]
            evidence = Evidence(rows, len(rows) * (ok == "0"), 0, len(rows) * (ok == "1"))
        words = f"check {check} of this fleet came to {state.value}"
        return Result(
            check=f"BEN-{check:02}",
            revision=1,
            title=Text(f"title of check {check}", f"titre du contrôle {check}"),
            area="bench",
            severity=SEVERITIES[check % len(SEVERITIES)],
            state=state,
            reason=Text(words, words),
            rationale=Text("why it matters " * 8, "pourquoi " * 12),
            remediation=Remediation("bench", "service", Text("fix it " * 20, "réparer " * 20)),
            controls={"gdpr": ("32(1)(b)",), "pci-dss-4.0.1": ("2.2.1",)},
            evidence=evidence,
            sql={"query": "SELECT item, observed, expected, ok FROM somewhere " * 12},
            seconds=0.004,
            failure="denied" if state is State.ERROR else "",
        )

    def night(self, at: int) -> Iterator[Run]:
        """Give each host's run of a night, a second after the other."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        for host, results in enumerate(self.hosts):
            begun = time.perf_counter()
            for check in range(self._checks):
                if self._random.random() < self._change:
                    results[check] = self._result(host, check)
            target = TargetIdentity(f"host-{host:05}", "host", f"group-{host % 20}", machine_id=f"{host:064x}")
            run = Run(target, self._engine, "server", "server", moment, moment, list(results), version="0.1.0")
            self.spent += time.perf_counter() - begun
            yield run


def _size(place: str) -> int:
    if "://" in place:
        return 0
    return sum(os.path.getsize(place + end) for end in ("", "-wal", "-shm") if os.path.exists(place + end))


def measure(options: argparse.Namespace, place: str) -> None:
    """Save the nights and ask, and print what that took."""
    key = None
    if options.sign:
        from rempart_controller.recording.user_key import load_key

        key = load_key(os.path.join(tempfile.mkdtemp(), "key.pem"))
    fleet = Fleet(options.endpoints, options.checks, options.change)
    gc.set_threshold(_NEW_OBJECTS, 20, 100)  # as every command does
    gc.freeze()  # what the generator holds is none of the store's business
    first = int(time.time()) - options.nights * DAY
    nights, processor = [], []
    with Store.open(place) as store:
        for number in range(options.nights):
            fleet.spent = 0.0
            begun, worked = time.perf_counter(), time.process_time()
            store.save(fleet.night(first + number * DAY), key=key)
            nights.append(time.perf_counter() - begun - fleet.spent)
            processor.append(time.process_time() - worked - fleet.spent)
            if number < 2:
                print(f"night {number + 1}: saved in {nights[-1]:.2f} s", flush=True)
    later = nights[1:] or nights
    used = statistics.median(processor[1:] or processor)
    print(
        f"{options.endpoints} endpoints × {options.checks} checks × {options.nights} nights, "
        f"{options.change:.1%} change a night{', signed' if options.sign else ''}"
    )
    print(f"a night saved in {statistics.median(later):.2f} s (median), {max(later):.2f} s (worst)")
    print(
        f"that is {options.endpoints / statistics.median(later):,.0f} hosts a second; {used:.2f} s of processor a night"
    )
    if size := _size(place):
        print(f"store {size / 1e6:.1f} MB")
    middle = first + options.nights // 2 * DAY + 60
    questions: list[tuple[str, Callable[[Store], object]]] = [
        ("drift", lambda s: s.changes(None)),
        ("drift --since a week", lambda s: s.changes(first + max(0, options.nights - 8) * DAY + 60)),
        ("fleet", lambda s: s.fleet()),
        ("fleet --at half way", lambda s: s.fleet(middle)),
        ("open by day, a month", lambda s: s.open_by_day(30)),
        ("history HOST", lambda s: s.history("host-00000")),
        ("open findings of HOST", lambda s: s.open_findings("host-00000", time.strftime("%Y-%m-%d"))),
        ("history CHECK", lambda s: s.history("BEN-01")),
    ]
    for name, ask in questions:
        times, worked = [], 0.0
        for _ in range(5):
            with Store.open(place, create=False) as store:
                begun, used = time.perf_counter(), time.process_time()
                found = ask(store)
                times.append(time.perf_counter() - begun)
                worked = time.process_time() - used
        told = f", {len(found.changes)} changes" if isinstance(found, Drift) else ""
        print(f"{name:22} {statistics.median(times) * 1000:7.0f} ms, {worked * 1000:.0f} ms of processor{told}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-e", "--endpoints", type=int, default=10_000)
    parser.add_argument("-c", "--checks", type=int, default=91)
    parser.add_argument("-n", "--nights", type=int, default=90)
    parser.add_argument("--change", type=float, default=0.005, help="share of results that change a night")
    parser.add_argument("--sign", action="store_true", help="sign and keep each document")
    parser.add_argument("--store", default="", help="a store that does not exist yet (default: a file that is removed)")
    options = parser.parse_args()
    if options.store:
        measure(options, options.store)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(options, os.path.join(folder, "rempart.db"))


if __name__ == "__main__":
    main()
