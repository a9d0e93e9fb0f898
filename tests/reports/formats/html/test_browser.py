"""Pages in Chromium: at most eight sheets, and nothing sticks out of a window, wide or narrow, open or folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from rempart_testing.chromium import count_sheets, find_overflow, needs_chromium

from rempart_agent.audit import content_cache
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.content.place import check_directories
from rempart_core.model.check import Check
from rempart_core.model.framework import Framework
from rempart_core.model.result import AppliedChange, AppliedWaiver, Evidence, Exclusion, Result, Run, State
from rempart_core.text import Text
from rempart_reports.formats.html.fleet_pages import DirectoryReport
from rempart_reports.formats.html.page import Report
from rempart_reports.views.drift import Change, Drift
from rempart_reports.views.options import Options
from rempart_reports.views.trend import Night

pytestmark = needs_chromium
MakeRun = Callable[..., Run]
WIDTHS = (390, 1280)
LONG = "/srv/" + "a-very-long-name-that-nothing-breaks" * 4 + "/some words of it " * 8
CONFIG = "\n".join(f"Directive{n} = a value of the configuration" for n in range(60))

MOST = 100
"""More checks than any profile asks of one machine but ``all``, with which the worst host takes ten sheets."""


@pytest.fixture(scope="module")
def frameworks() -> Mapping[str, Framework]:
    return read_frameworks(check_directories([]))


def judged(check: Check, state: State, **changes: object) -> Result:
    rows = [
        {"item": f"{n}{LONG}", "observed": LONG if n else CONFIG, "expected": f"{n}{LONG}", "ok": "0", "more": LONG}
        for n in range(14)
    ]
    seen = Evidence(rows, 12_345, 0, 3) if state is State.FAIL else None
    return Result(
        check.id, check.revision, check.title, check.area, check.severity, state,
        reason=Text(f"{check.id} {LONG}", f"{check.id} {LONG}"), rationale=check.rationale,
        remediation=check.remediation, controls=check.controls, evidence=seen, witness=seen, incomplete=True,
        not_examined=check.not_examined, parameters={"list": [LONG] * 20}, path=check.path,
    )._replace(**changes)  # fmt: skip


@pytest.fixture(scope="module")
def checks() -> list[Check]:
    return [one for one in content_cache.load(check_directories([]), "linux").checks if "linux" in one.platforms]


def save(run: Run, place: Path, frameworks: Mapping[str, Framework], language: str = "en") -> Path:
    with place.open("w", encoding="utf-8") as out:
        Report.write([run], out, Options(language=language, frameworks=frameworks, generated="2026-11-25T13:00:02Z"))
    return place


def worst_of(checks: list[Check], kind: str, make_run: MakeRun) -> Run:
    """Return the run of a host on which every check of the catalogue ends in the way that takes most room."""
    waiver = AppliedWaiver(LONG, LONG, "2026-12-31 Europe/Paris", (LONG,) * 9)
    if kind == "findings":
        results = [judged(check, State.FAIL, expired_waivers=(waiver,)) for check in checks]
    elif kind == "some":  # as many as are told in more than a line each
        results = [judged(check, State.FAIL) if n < 40 else judged(check, State.PASS) for n, check in enumerate(checks)]
    elif kind == "waived":
        results = [judged(check, State.FAIL, waiver=waiver) for check in checks]
    else:
        results = [judged(check, State.ERROR if n % 2 else State.NOT_CHECKED) for n, check in enumerate(checks)]
    left_out = tuple(Exclusion(check.id, Text(LONG, LONG)) for check in checks[:20])
    return make_run(results, excluded=left_out, notes=(Text(LONG, LONG),))


@pytest.mark.parametrize(
    ("kind", "language"), [("findings", "fr"), ("some", "fr"), ("waived", "en"), ("unjudged", "fr")]
)
def test_the_worst_host_is_printed_on_eight_sheets(
    tmp_path: Path,
    checks: list[Check],
    frameworks: Mapping[str, Framework],
    make_run: MakeRun,
    kind: str,
    language: str,
) -> None:
    page = save(worst_of(checks[:MOST], kind, make_run), tmp_path / "host.html", frameworks, language)
    assert count_sheets(page, tmp_path) <= 8


@pytest.mark.parametrize("unfolded", [False, True])
def test_nothing_sticks_out_of_the_window(
    tmp_path: Path,
    checks: list[Check],
    frameworks: Mapping[str, Framework],
    make_run: MakeRun,
    sample_run: Run,
    *,
    unfolded: bool,
) -> None:
    pages = [
        save(worst_of(checks[:12], kind, make_run), tmp_path / f"{kind}.html", frameworks)
        for kind in ("findings", "waived", "unjudged")
    ]
    pages.append(save(sample_run, tmp_path / "sample.html", frameworks, "fr"))
    assert find_overflow(pages, WIDTHS, tmp_path, unfolded=unfolded) == []


@pytest.mark.parametrize(("language", "unfolded"), [("en", True), ("fr", False)])
def test_nothing_of_a_fleet_sticks_out_of_the_window(
    tmp_path: Path,
    checks: list[Check],
    frameworks: Mapping[str, Framework],
    make_run: MakeRun,
    sample_run: Run,
    silent_run: Run,
    *,
    language: str,
    unfolded: bool,
) -> None:
    name, reason = "poste-" + "042" * 30, Text(LONG, LONG)
    waiver = AppliedWaiver(LONG, LONG, "2026-12-31 Europe/Paris", (LONG,) * 9, target=LONG)
    change = AppliedChange("c-1", "still_failing", reason, (LONG, LONG))
    results = [
        judged(check, State.FAIL, **({"waiver": waiver} if n % 3 == 0 else {"change": change}))
        for n, check in enumerate(checks)
    ]
    many = make_run(results, target=sample_run.target._replace(name=name, group=LONG, system=LONG))
    silent = silent_run._replace(results=[one._replace(reason=reason) for one in silent_run.results])
    moved = Change(
        "worse", name, checks[0].id, checks[0].title, checks[0].severity, State.PASS, State.FAIL, (LONG,) * 3
    )
    options = Options(
        language=language,
        fleet=True,
        generated="2026-11-25T13:00:02Z",
        frameworks=frameworks,
        trend=[Night(f"2026-11-{day:02}T02:00:00Z", (1, 2, 3, 4, 5), 12_345) for day in range(1, 25)],
        drift=Drift("2026-11-24T02:00:00Z", {name: (moved,)}, 3, {name: "fallen_silent"}),
        opened=lambda _host: {check.id: "2026-11-12T02:00:00Z" for check in checks},
    )
    DirectoryReport.write_directory(str(tmp_path / "pages"), iter([many, sample_run, silent]), options)
    there = tmp_path / "pages"
    pages = [there / "index.html", there / "waivers.html", *sorted((there / "checks").glob("*.html"))[:2]]
    assert find_overflow(pages, WIDTHS, tmp_path, unfolded=unfolded) == []
