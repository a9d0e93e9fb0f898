"""A store with two hosts and a folder of registers of two people, for what is said of risk."""

from __future__ import annotations

import time
from pathlib import Path

from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, Run, State
from rempart_core.registers.cell import write_day
from rempart_store.store import Store
from rempart_testing.run import make_result, make_run, silent

DAY = 86_400
WAIVER = AppliedWaiver("until the new gateway", "p-001", "2999-12-31 UTC")


def today(days: int = 0) -> str:
    """Return a day, so many days from now."""
    return write_day(time.time() + days * DAY)


def make_registers(folder: Path) -> Path:
    """Write the registers of two people and two hosts into a new folder, and return it."""
    (folder / "evidence").mkdir(parents=True)
    head = f"as_of: {today()}\nby: p-001\n"
    texts = {
        "organisation": f"{head}name: Exemple SA\nheadcount: 2\nheadcount_date: {today()}\n",
        "people": f"{head}entries:\n  - {{id: p-001, team: IT, kind: employee}}\n"
        "  - {id: p-002, team: IT, kind: employee}\n",
        "assets": f"{head}entries:\n  - {{host: web-1, owner: p-001, criticality: G3, exposure: internal}}\n"
        "  - {host: 'pc-*', criticality: G2, exposure: roaming}\n",
        "treatments": f"{head}entries:\n  - {{id: t-1, scenario: S4, checks: 'DSK-* ORG-13', action: encrypt, "
        f"owner: p-002, due: {today(30)}}}\n"
        f"  - {{id: t-2, scenario: S4, checks: LCK-01, action: lock, owner: p-002, due: {today(-1)}}}\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def make_runs(at: int) -> list[Run]:
    """Return a run of two hosts: one with findings, one that passes nearly all."""
    bad = [
        make_result("DSK-01", State.FAIL, ["/dev/sda2"], severity=Severity.CRITICAL),
        make_result("DSK-02", State.FAIL, ["swap"], waiver=WAIVER),
        make_result("LCK-01", State.ERROR),
    ]
    good = [make_result("DSK-01", severity=Severity.CRITICAL), make_result("LCK-01")]
    return [make_run("web-1", at, bad), make_run("pc-7", at, good)]


def make_store(place: Path, *, lost: bool = False) -> str:
    """Make a store whose hosts answered an hour ago, ``lost``: and of which the good one was silent since."""
    at = int(time.time()) - 3_600
    with Store.open(str(place)) as store:
        store.save(make_runs(at))
        if lost:
            store.save([silent("pc-7", at + 60, ["DSK-01", "LCK-01"])])
    return str(place)
