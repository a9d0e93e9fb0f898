"""What a store knows, in every report: since when a finding is open, and what changed since the run before."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, State
from rempart_core.text import Text
from rempart_reports.formats.registry import load, load_directory
from rempart_reports.views.drift import EXAMPLES, Change, Drift, group_changes
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]

HOST, GONE = "poste-042.lyon.example", "poste-099"
OPENED = {"DSK-01": "2026-11-20T02:31:00Z", "FWL-01": "2026-11-25T13:00:01Z", "ACC-01": "2026-10-01T02:31:00Z"}


def change(kind: str, host: str, was: State | None, now: State | None, **more: Any) -> Change:
    values = {"check": "FWL-01", "title": Text("Host firewall", "Pare-feu"), "severity": Severity.CRITICAL, **more}
    return Change(kind=kind, host=host, was=was, now=now, **values)


DRIFT = Drift(
    "2026-11-24T02:31:00Z",
    {
        HOST: (
            change("worse", HOST, State.PASS, State.FAIL),
            change("worse", HOST, State.FAIL, State.FAIL, check="DSK-01", items=("/srv/new", "\x1b[31m")),
            change("unseen", HOST, State.PASS, State.ERROR, check="AVM-03", severity=Severity.HIGH),
            change("better", HOST, State.FAIL, State.PASS, check="DSK-03"),
        )
    },
    3,
    {GONE: "fallen_silent", "poste-100": "new_host", "poste-101": "returned"},
)


def remembering(**options: Any) -> Options:
    known = {HOST: OPENED}
    values = {"generated": "2026-11-25T14:00:00Z", "opened": lambda host: known.get(host, {}), "drift": DRIFT}
    return Options(**(values | options))


def written(name: str, options: Options, *runs: Run) -> str:
    out = io.StringIO(newline="")
    load(name).write(iter(runs), out, options)
    return out.getvalue()


def pages(folder: Path, options: Options, *runs: Run) -> Callable[[str], str]:
    load_directory("html").write_directory(str(folder), iter(runs), options)

    def words(page: str) -> str:
        element = lxml.html.document_fromstring((folder / page).read_text(encoding="utf-8"))
        return " ".join(element.find(".//main").text_content().split())

    return words


def test_pages_tell_since_when_and_what_changed(tmp_path: Path, sample_run: Run, silent_run: Run) -> None:
    words = pages(tmp_path, remembering(), sample_run, silent_run)
    index = words("index.html")
    drift = index[index.index("Compared with") : index.index("What fails most", index.index("Compared with"))]
    assert drift.startswith("Compared with the run before (24 November 2026, 02:31 UTC): 3 hosts. Got worse 2 ")
    order = [
        *("Got worse 2", "FWL-01", "pass → fail", "DSK-01", "fail → fail", "(/srv/new,"),
        *("Can’t be seen any more 1", "AVM-03", "Fell silent 1", GONE, "New hosts 1", "poste-100"),
        *("Answer again 1", "poste-101", "Got better 1"),
    ]
    places = [drift.index(text) for text in order]
    assert places == sorted(places)
    assert (
        "20 November 2026" in index[index.index("All hosts", len(index) // 2) :]
    )  # the oldest that is open: no waived one
    host = words(f"hosts/{HOST}.html")
    assert (
        "Open since 20 November 2026, 02:31 UTC (5 days) · Worse since the run before: it was fail (new: /srv/new"
        in host
    )
    assert "Open since 25 November 2026, 13:00 UTC · Worse since the run before: it was pass" in host
    assert "Failing since 1 October 2026" in host  # waived
    assert "Better since the run before: it was fail" in host
    assert "Failing since" in words("checks/DSK-01.html")
    assert "20 November 2026" in words("checks/DSK-01.html")


def test_changes_link_to_the_evidence(tmp_path: Path, sample_run: Run, silent_run: Run) -> None:
    pages(tmp_path, remembering(), sample_run, silent_run)
    page = lxml.html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
    links = page.get_element_by_id("drift").xpath(".//a/@href")
    assert f"hosts/{HOST}.html#r1-FWL-01" in links
    assert f"hosts/{GONE}.html" in links
    assert "checks/FWL-01.html" in links
    for link in links:
        file, _, place = link.partition("#")
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert not place or f'id="{place}"' in text


def test_markdown_of_a_fleet_begins_with_what_changed(sample_run: Run, silent_run: Run) -> None:
    text = written("markdown", remembering(), sample_run, silent_run)
    drift, _, rest = text.partition("## Worst hosts")
    assert "### Got worse (2)" in drift
    assert f"| critical | **FWL-01** Host firewall | pass → fail | `{HOST}` |" in drift
    assert "### Can’t be seen any more (1)" in drift
    assert f"### Fell silent (1)\n\n`{GONE}`" in drift
    assert drift.index("Got worse") < drift.index("Can’t be seen") < drift.index("Fell silent")
    assert drift.endswith("Other changes: got better 1\n\n")
    assert "| 1 hour ago | 20 November 2026 |" in rest
    french = written("markdown", remembering(language="fr"), sample_run, silent_run)
    assert "## Ce qui a changé depuis le passage précédent" in french
    assert "Par rapport au passage précédent (24 novembre 2026 à 02 h 31 UTC) : 3 machines." in french.replace(
        "\u00a0", " "
    )


def test_one_run_tells_it_on_a_terminal_a_page_and_in_markdown(sample_run: Run) -> None:
    said = "Open since 20 November 2026, 02:31 UTC (5 days)"
    for name in ("terminal", "html", "markdown"):
        text = written(name, remembering(), sample_run).replace("\u00a0", " ")
        assert said in text
        assert "\x1b[31m" not in text
    french = written("terminal", remembering(language="fr"), sample_run)
    assert "Ouverte depuis le 20 novembre 2026" in french
    assert "Pire depuis le passage précédent" in french


def test_records_have_columns_of_it(sample_run: Run, silent_run: Run) -> None:
    lines = list(csv.DictReader(io.StringIO(written("csv", remembering(), sample_run, silent_run), newline="")))
    by_check = {line["check"]: line for line in lines if line["target"] == HOST}
    said = {
        check: (by_check[check]["open_since"], by_check[check]["change"], by_check[check]["was"]) for check in by_check
    }
    assert said["FWL-01"] == ("2026-11-25T13:00:01Z", "worse", "pass")
    assert said["DSK-03"] == ("", "better", "fail")
    assert said["RMT-02"] == ("", "", "")
    objects = [json.loads(line) for line in written("jsonl", remembering(), sample_run).splitlines()]
    (disk,) = (one for one in objects if one["check"] == "DSK-01")
    assert (disk["open_since"], disk["change"], disk["was"]) == ("2026-11-20T02:31:00Z", "worse", "fail")


@pytest.mark.parametrize("form", ["strict", "rich"])
def test_junit_tells_it_in_bodies_and_properties(sample_run: Run, silent_run: Run, form: str) -> None:
    options = remembering(form=form, answered={GONE: "2026-11-18T14:00:00Z"})
    root = etree.fromstring(written("junit", options, sample_run, silent_run).encode())
    first, second = (
        {str(one.get("name")): str(one.get("value")) for one in suite.iterfind("properties/property")} for suite in root
    )
    assert first["open_since"] == "2026-11-20T02:31:00Z"
    assert {name: value for name, value in first.items() if name.startswith("drift_")} == {
        "drift_since": "2026-11-24T02:31:00Z",
        "drift_worse": "2",
        "drift_unseen": "1",
        "drift_better": "1",
        "drift_host": "",
    }
    assert (second["drift_host"], second["answered"]) == ("fallen_silent", "2026-11-18T14:00:00Z")
    assert "open_since" not in second
    case = next(case for case in root.iter("testcase") if str(case.get("name")).startswith("DSK-01"))
    body = str(case.findtext("failure")).splitlines()
    assert body[0] == case.find("failure").get("message")  # type: ignore[union-attr]
    assert body[1] == "Open since 20 November 2026, 02:31\u00a0UTC (5 days)"
    assert body[2].startswith("Worse since the run before: it was fail")
    properties = {one.get("name"): one.get("value") for one in case.iterfind("properties/property")}
    assert properties.get("open_since") == ("2026-11-20T02:31:00Z" if form == "rich" else None)
    assert properties.get("change") == ("worse" if form == "rich" else None)


@pytest.mark.parametrize("name", ["html", "markdown", "csv", "jsonl", "junit", "terminal"])
def test_without_a_store_nothing_is_claimed(name: str, sample_run: Run, silent_run: Run) -> None:
    text = written(name, Options(generated="2026-11-25T14:00:00Z"), sample_run, silent_run)
    assert not [claim for claim in ("open_since", "pen since", "run before", "drift_") if claim in text]


def test_a_store_without_a_run_before_tells_of_no_change(tmp_path: Path, sample_run: Run, silent_run: Run) -> None:
    words = pages(tmp_path, remembering(drift=None), sample_run, silent_run)
    assert "run before" not in words("index.html")
    assert "Open since" in words("index.html")
    nothing = Drift("2026-11-24T02:31:00Z", {}, 2)
    assert "2 hosts. Nothing changed." in pages(tmp_path, remembering(drift=nothing), sample_run)("index.html")
    assert "Nothing changed." in written("markdown", remembering(drift=nothing), sample_run, silent_run)


def test_what_moved_on_many_hosts_is_one_line() -> None:
    changes = {f"h-{n:04}": (change("worse", f"h-{n:04}", State.PASS, State.FAIL),) for n in range(3000)}
    late = change("worse", "h-0000", State.ERROR, State.FAIL, check="ZZZ-01")
    (both,) = group_changes(Drift("", changes | {"z": (late,)}, 3000)).values()
    assert [(move.first.check, move.hosts, len(move.examples)) for move in both] == [
        ("FWL-01", 3000, EXAMPLES),
        ("ZZZ-01", 1, 1),
    ]


@given(st.text(st.characters(exclude_characters="`"), max_size=40))  # a title is ours, and marks code by it
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_the_past_changes_the_structure(tmp_path: Path, silent_run: Run, poison: str) -> None:
    def shape(text: str) -> tuple[list[str], list[str]]:
        one = change("worse", text, State.PASS, State.FAIL, check=text, title=Text(text, text), items=(text or "x",))
        options = remembering(drift=Drift(text, {text: (one,)}, 1, {text: "new_host"}))
        pages(tmp_path, options, silent_run, silent_run)
        tokens = MarkdownIt("gfm-like").parse(written("markdown", options, silent_run, silent_run))
        page = lxml.html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
        return [token.type for token in tokens if token.type != "inline"], [str(element.tag) for element in page.iter()]

    assert shape(poison) == shape("x")
