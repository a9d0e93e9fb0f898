"""A single page tells the waivers of the files: what each covers now, which ended, which cover nothing."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import lxml.html
from rempart_testing.chromium import find_overflow, needs_chromium

from rempart_core.model.result import AppliedWaiver, Result, Run
from rempart_core.model.waiver import Waiver, applied
from rempart_reports.formats.html.page import Report
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]
NOW = "2026-11-25T14:00:00Z"
GIVEN = Waiver("FWL-01", "moved in spring", "A. Diallo", 1_798_675_200.0, "2026-12-30 UTC", ticket="T-1")
UNUSED = GIVEN._replace(check="PAT-01", reason="never seen")
OTHER = GIVEN._replace(check="USB-01", target="printer-*")
ENDED = AppliedWaiver("last summer", "Y. Petit", "2026-09-30 UTC", expired=True)


def save(*runs: Run, language: str = "en", fleet: bool = False, waivers: tuple[Waiver, ...] = ()) -> str:
    out = StringIO()
    Report.write(runs, out, Options(language=language, generated=NOW, fleet=fleet, waivers=waivers))
    return out.getvalue()


def rows(page: str) -> list[str]:
    found = lxml.html.document_fromstring(page).xpath("//section[@id='waivers']//tbody/tr")
    return [" ".join(" ".join(row.itertext()).replace("\u00a0", " ").split()) for row in found]


def test_the_page_of_one_machine_tells_the_waivers_that_are_written_for_it(
    make_run: MakeRun, make_result: MakeResult
) -> None:
    results = [make_result(waiver=applied(GIVEN)), make_result(check="DSK-01", expired_waivers=(ENDED,))]
    page = save(make_run(results), waivers=(GIVEN, UNUSED, OTHER))
    ended, covers, unused = rows(page)
    assert ended.startswith("DSK-01 expired · 30 September 2026")
    assert "open again on 1 host" in ended
    assert covers.startswith("FWL-01 in force, ends in 35 days · 30 December 2026 (UTC) 1 finding")
    assert all(part in covers for part in ("A. Diallo", "T-1", "moved in spring"))
    assert unused.startswith("PAT-01 in force")
    assert " nothing " in unused
    told = " ".join(lxml.html.document_fromstring(page).get_element_by_id("waivers").text_content().split())
    assert "In force: 2 · expired: 1 · not begun: 0 · 1 for other hosts" in told
    assert '<a href="#waivers">' in page


def test_the_page_of_a_fleet_counts_each_waiver_over_all_hosts(make_run: MakeRun, make_result: MakeResult) -> None:
    hosts = [make_run([make_result(waiver=applied(GIVEN))]) for _ in range(3)]
    hosts = [run._replace(target=run.target._replace(name=f"host-{n}")) for n, run in enumerate(hosts)]
    covers, other = rows(save(*hosts, language="fr", fleet=True, waivers=(GIVEN, OTHER)))
    assert "3 non-conformités : host-0, host-1, host-2" in covers
    assert "30 décembre 2026" in covers
    assert other.startswith("USB-01 en vigueur")
    assert " rien " in other


def test_without_a_file_of_waivers_there_is_no_such_section(make_run: MakeRun, make_result: MakeResult) -> None:
    assert rows(save(make_run([make_result(waiver=applied(GIVEN))]))) == []


@needs_chromium
def test_many_waivers_are_folded_and_none_sticks_out(tmp_path: Path, make_run: MakeRun) -> None:
    long = "a-very-long-name-that-nothing-breaks" * 5
    many = tuple(
        GIVEN._replace(check=f"XYZ-{n:02}", owner=long, reason=long, ticket=long, items=(long,)) for n in range(30)
    )
    page = save(make_run([]), language="fr", waivers=many)
    assert len(rows(page)) == 30
    assert "10 de plus" in page
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert find_overflow([tmp_path / "page.html"], (390, 1280), tmp_path, unfolded=True) == []


def test_of_a_run_the_page_needs_what_waivers_concern_alone(sample_run: Run) -> None:
    report = Report(Options(fleet=True, waivers=()))
    kept = report.sift(sample_run).results
    assert {one.check for one in kept} == {
        one.check for one in sample_run.results if one.waiver is not None or one.expired_waivers
    }
    assert 0 < len(kept) < len(sample_run.results)
