"""The page of a fleet and that of its waivers: areas, where to start, over time, requirements, what a change did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest

from rempart_core.model.check import Severity
from rempart_core.model.framework import Framework, Requirement
from rempart_core.model.result import AppliedChange, AppliedWaiver, Result, Run, State, TargetIdentity
from rempart_core.model.waiver import Waiver, applied
from rempart_core.text import Text
from rempart_reports.formats.registry import load_directory
from rempart_reports.views.options import Options
from rempart_reports.views.trend import Night

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]
NOW = "2026-11-25T14:00:00Z"
NIGHTS = (Night("2026-11-24T02:00:00Z", (2, 1, 0, 0, 0), 3), Night("2026-11-25T02:00:00Z", (1, 0, 0, 0, 0), 4))


def write(folder: Path, *runs: Run, page: str = "index.html", **options: object) -> lxml.html.HtmlElement:
    chosen = Options(generated=NOW, fleet=True, **options)  # type: ignore[arg-type]
    load_directory("html").write_directory(str(folder), iter(runs), chosen)
    return lxml.html.document_fromstring((folder / page).read_text(encoding="utf-8"))


def words_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows_of(page: lxml.html.HtmlElement, place: str) -> list[str]:
    rows = page.get_element_by_id(place).xpath(".//tbody/tr")
    return [" ".join(words_of(cell) for cell in row) for row in rows]


def host(make_run: MakeRun, name: str, *results: Result) -> Run:
    return make_run(list(results), target=TargetIdentity(name))


def test_areas_have_their_severities_and_the_hosts_affected(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    low = make_result(check="TIM-01", area="time", severity=Severity.LOW)
    page = write(tmp_path, host(make_run, "a", make_result(), low), host(make_run, "b", make_result()))
    assert rows_of(page, "areas") == ["Firewall 2 0 0 0 0 2 0", "Time synchronisation 0 0 0 1 0 1 0"]


def test_a_host_that_gave_no_answer_makes_no_area(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, silent_run: Run
) -> None:
    nameless = silent_run._replace(
        results=[one._replace(area="") for one in silent_run.results]
    )  # as documents have it
    page = write(tmp_path, host(make_run, "a", make_result()), nameless)
    assert rows_of(page, "areas") == ["Firewall 1 0 0 0 0 1 0"]


def test_it_says_where_to_start_by_risk_hosts_and_disruption(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, sample_run: Run
) -> None:
    page = write(tmp_path, sample_run, host(make_run, "b", make_result()))
    first = page.get_element_by_id("start_with").xpath(".//li")
    assert len(first) == 3
    assert "FWL-01" in words_of(first[0])
    assert "critical · 2 hosts · disruption: could cut off access" in words_of(first[0])
    assert first[0].xpath(".//a/@href") == ["checks/FWL-01.html"]


def test_what_was_open_over_time_is_a_picture_and_numbers(tmp_path: Path, sample_run: Run) -> None:
    page = write(tmp_path, sample_run, trend=NIGHTS)
    told = words_of(page.get_element_by_id("trend"))
    assert "3 on 24 November 2026, 1 on 25 November 2026." in told
    assert rows_of(page, "trend") == ["25 November 2026 1 0 0 0 0 1 4", "24 November 2026 2 1 0 0 0 3 3"]
    assert len(page.xpath("//svg[@class='trend']/rect")) == 3
    assert not write(tmp_path, sample_run, trend=NIGHTS[:1]).xpath("//*[@id='trend']")  # one day is no trend


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "32(1)(b) gap found, on 2 of 3 hosts; not judged on 1 FWL-01"),
        ("fr", "32(1)(b) écart constaté, sur 2 des 3 machines ; non jugé sur 1 FWL-01"),
    ],
)
def test_requirements_are_rolled_up_over_the_hosts_and_lead_to_the_checks(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, silent_run: Run, language: str, told: str
) -> None:
    own = {"9": Requirement("9", Text("nothing asks it", "rien ne le demande"), "technical")}
    house = Framework("gdpr", Text("GDPR", "RGPD"), "1", "", Text("", ""), own)
    runs = [host(make_run, name, make_result()) for name in ("a", "b")]
    page = write(tmp_path, *runs, silent_run, language=language, frameworks={"gdpr": house})
    lines = page.get_element_by_id("requirements").xpath(".//li")
    assert words_of(lines[0]) == told
    assert lines[0].xpath(".//a/@href") == ["checks/FWL-01.html"]
    nothing = [words_of(line) for line in lines if line.get("class") == "v-nothing"]
    assert len(nothing) == 1
    assert nothing[0].startswith("9 ")


def test_a_requirement_that_some_hosts_could_not_judge_has_no_mark_of_a_pass(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    runs = [host(make_run, state.value, make_result(state=state)) for state in (State.PASS, State.ERROR)]
    page = write(tmp_path, *runs)
    (line,) = [one for one in page.xpath("//li[@class='v-seen']") if "32(1)(b)" in words_of(one)]
    assert line.xpath(".//use/@href") == ["#m-not_checked"]


def test_what_a_change_did_not_fix_is_named(tmp_path: Path, make_run: MakeRun, make_result: MakeResult) -> None:
    fixed = AppliedChange("c-1", "fixed", Text("", ""), ("before", "it"))
    left = AppliedChange("c-1", "still_failing", Text("the unit does not start", "l’unité ne démarre pas"), ("was",))
    runs = [
        host(make_run, "a", make_result(state=State.PASS, change=fixed)),
        host(make_run, "b", make_result(change=left)),
    ]
    page = write(tmp_path, *runs)
    assert "Change c-1: 1 still failing, 1 fixed" in words_of(page.get_element_by_id("deeds"))
    (row,) = rows_of(page, "deeds")
    assert row.startswith("b FWL-01 still failing the unit does not start was")


def test_the_page_of_waivers_tells_each_with_what_it_covers_and_what_is_open_without_them(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    given = Waiver(
        "FWL-01", "moved in spring", "A. Diallo", 1_798_675_200.0, "2026-12-30 UTC", group="lyon", ticket="T-1"
    )
    unused = given._replace(check="PAT-01", reason="never seen", ticket="")
    ended = AppliedWaiver("last summer", "Y. Petit", "2026-09-30 UTC", expired=True)
    runs = [
        host(make_run, "a", make_result(waiver=applied(given))),
        host(make_run, "b", make_result(check="DSK-01", expired_waivers=(ended,))),
    ]
    page = write(tmp_path, *runs, page="waivers.html", waivers=(given, unused))
    assert "1 finding is open with the waivers, 2 findings are open without them." in words_of(page)
    told = [words_of(one) for one in page.find_class("waiver-row")]
    assert [one.split()[0] for one in told] == ["DSK-01", "FWL-01", "PAT-01"]
    assert "expired last summer" in told[0]
    assert "open again on 1 host" in told[0]
    for part in ("in force, ends in 35 days", "moved in spring", "For lyon", "Decided by A. Diallo", "Ticket T-1",
                 "End 30 December 2026 (UTC)", "Covers now 1 finding: a"):  # fmt: skip
        assert part.replace(" ", "") in told[1].replace(" ", "")
    assert "Coversnownothing" in told[2].replace(" ", "")
    assert "hosts/a.html#r1-FWL-01" in page.xpath("//a/@href")
    index = lxml.html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "waivers.html" in index.xpath("//nav//a/@href")


def test_without_waivers_there_is_no_page_of_them_and_that_of_an_earlier_report_goes(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, sample_run: Run
) -> None:
    write(tmp_path, sample_run)
    assert (tmp_path / "waivers.html").exists()
    page = write(tmp_path, host(make_run, "a", make_result()))
    assert not (tmp_path / "waivers.html").exists()
    assert "waivers.html" not in page.xpath("//a/@href")
