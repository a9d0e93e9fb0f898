"""A store of a few nights for the tests of the report: every state, a host that is silent, hostile names, signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rempart_controller.dossier.gathering import gather_dossier
from rempart_controller.dossier.request import ReportRequest
from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, Evidence, Result, State
from rempart_core.signing.key import Key, load_key
from rempart_core.text import Text
from rempart_reports.views.dossier.model import Dossier, Moment
from rempart_store.store import Store
from rempart_testing.run import BEGINNING, make_result, make_run, silent

DAY = 86_400
HOSTILE = "<script>alert(1)</script>=HYPERLINK()"
CRITICAL, FIXED, WAIVED, BROKEN, UNSEEN, ABSENT = "DSK-01", "ACC-01", "TLS-02", "PAT-01", "FWL-01", "RMT-01"
CHECKS = (CRITICAL, FIXED, WAIVED, BROKEN, UNSEEN, ABSENT)
WAIVER = AppliedWaiver("replaced in spring", "CISO", "2027-03-31 Europe/Paris")


def _evidence(*, good: bool, item: str = "/dev/sda2") -> Evidence:
    row = {"item": item, "observed": "=1+1", "expected": "good", "ok": "1" if good else "0"}
    return Evidence([row], int(not good), 0, int(good))


def results(*, fixed: bool) -> list[Result]:
    """Return one result of each state: an open critical finding, one that may be fixed, and so on."""
    return [
        make_result(CRITICAL, State.FAIL, severity=Severity.CRITICAL, evidence=_evidence(good=False)),
        make_result(FIXED, State.PASS if fixed else State.FAIL, evidence=_evidence(good=fixed, item=HOSTILE)),
        make_result(WAIVED, State.FAIL, waiver=WAIVER, evidence=_evidence(good=False)),
        make_result(BROKEN, State.ERROR, failure="timeout", reason=Text("the deadline", "le délai")),
        make_result(UNSEEN, State.NOT_CHECKED, failure="not_observable", reason=Text("by nature", "par nature")),
        make_result(ABSENT, State.NOT_APPLICABLE, reason=Text("no such thing", "rien de tel")),
    ]


def fill(place: str, *, nights: int = 4, key: Key | None = None) -> None:
    """Save some nights of four hosts: ``web-1`` is fixed in the third, ``db-1`` is silent in the last."""
    with Store.open(place) as store:
        for night in range(nights):
            at = BEGINNING + night * DAY
            last = night == nights - 1
            runs = [
                make_run("web-1", at, results(fixed=night > 1), machine_id="a"),
                make_run("web-2", at, results(fixed=False), machine_id="b"),
                make_run(HOSTILE, at, results(fixed=False), machine_id="c"),
                silent("db-1", at, CHECKS, machine_id="d")
                if last
                else make_run("db-1", at, results(fixed=False), machine_id="d"),
            ]
            store.save(runs, key=key)


def ask(place: str, **wanted: Any) -> tuple[Dossier, Moment]:
    """Return the numbers of a report on a store, and the answers they come from; the store stays open."""
    wanted.setdefault("frameworks", ("gdpr",))
    return gather_dossier(Store.open(place, create=False), ReportRequest(place, **wanted))


def make_dossier(folder: Path, **wanted: Any) -> Dossier:
    """Return the numbers of a report on a store of :func:`fill`, which is signed."""
    place = str(folder / "s.db")
    fill(place, key=load_key(str(folder / "key.pem")))
    return ask(place, **wanted)[0]


HEAD = "as_of: 2023-11-16\nby: p-001\n"
SECRETS = ("Jeanne Martin", "jeanne.martin@example.org")
"""A name and an address that people wrote into registers: no report may tell them."""


def write_registers(folder: Path) -> str:
    """Write registers of twelve people in three teams, with names where texts may stand, and return the folder."""
    folder.mkdir(exist_ok=True)
    name = " ".join(SECRETS)
    teams = ["Support"] * 6 + ["Direction"] + ["Ventes"] * 5
    people = "".join(
        f"  - {{id: p-{n:03}, team: {team}, kind: employee, role: '{name}'}}\n" for n, team in enumerate(teams, 1)
    )
    phishing = "".join(
        f"  - {{campaign: '{name}', date: 2023-11-02, team: {team}, targets: {count}, clicked: 1, reported: 2, "
        f"reference: '{name}'}}\n"
        for team, count in (("Support", 6), ("Direction", 1), ("Ventes", 4))
    )
    files = {
        "organisation": "name: Exemple SA\nheadcount: 12\nheadcount_date: 2023-11-10\n",
        "people": f"entries:\n{people}",
        "phishing": f"entries:\n{phishing}",
        "breaches": (
            f"entries:\n  - {{id: b-1, incident: i-1, what: '{name}', aware: '2023-11-15T09:00:00Z', risk: unlikely, "
            f"people_count: 3, no_notification: '{name}', by: p-001, reference: '{name}'}}\n"
        ),
        "applicability": (
            "entries:\n"
            f"  - {{control: 'A.5.3', decision: not_applicable, reason: 'one person, {SECRETS[1]}', by: p-001, "
            "date: 2023-11-01, until: 2026-11-01}\n"
            "  - {control: '8.13', decision: applicable, reason: needed, by: p-002, date: 2023-11-01}\n"
        ),
    }
    for stem, text in files.items():
        (folder / f"{stem}.yaml").write_text(HEAD + text, encoding="utf-8")
    return str(folder)
