"""What the pages of checks know: variants by their digests, as many as a page holds, and texts of each system."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.result import Result, Run
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.fleet_checks import VARIANTS, KnownChecks

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def rows_of(known: KnownChecks, run: Run) -> list[tuple[str, str, str]]:
    asked = [(result, known.ask(result)) for result in run.results]
    return [(result.check, one.digest, one.systems) for result, one in asked]


def test_a_link_follows_from_what_was_asked_alone(make_result: MakeResult) -> None:
    one, other = (make_result(sql={"query": text}) for text in ("SELECT 1", "SELECT 2"))
    links = [KnownChecks(Fragment("en")).ask(result).link for result in (one, other, one)]
    assert links[0] == links[2] != links[1]
    assert links[0].startswith("../checks/FWL-01.html#sql-")
    assert KnownChecks(Fragment("en")).ask(make_result(sql={})).link == "../checks/FWL-01.html"


def test_hosts_beyond_the_variants_of_a_page_are_written_again_whichever_process_wrote_them_first(
    make_run: MakeRun, make_result: MakeResult
) -> None:
    runs = [make_run([make_result(sql={"query": f"SELECT {n}"})]) for n in range(VARIANTS + 2)]
    known = KnownChecks(Fragment("en"))
    known.part(runs.__getitem__)
    first = [rows_of(known, run) for run in runs]
    assert all(known.ask(run.results[0]).link for run in runs)
    again = known.choose((place, [(row[0], row[1]) for row in rows]) for place, rows in enumerate(first))
    assert again == [VARIANTS, VARIANTS + 1]
    assert [bool(known.ask(run.results[0]).link) for run in runs] == [True] * VARIANTS + [False] * 2
    for place, rows in enumerate([*first, first[0]]):
        known.count(place % len(runs), rows, runs[place % len(runs)])
    told = known.of("FWL-01").variants.values()
    assert [(one.number, one.hosts) for one in told] == [(1, 2), *((n, 1) for n in range(2, VARIANTS + 1))]
    assert [one.statements for one in told][1] == (("query", "SELECT 1"),)


def test_no_two_checks_share_a_page_where_names_differ_in_case_alone(make_result: MakeResult) -> None:
    known = KnownChecks(Fragment("en"))
    links = [known.ask(make_result(check=check, sql={})).link for check in ("OWN-01", "own-01", "Own-01", "../up")]
    assert len({link.lower() for link in links}) == len(links)
    assert not any("/../" in link.removeprefix("../") for link in links)
