"""What makes a run say less than the checks stands on the first page of each report."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rempart_testing.run import make_result, make_run

from rempart_core.model.result import AppliedWaiver, Exclusion, Run, State
from rempart_core.text import Text
from rempart_reports.formats import terminal
from rempart_reports.formats.registry import load, load_directory
from rempart_reports.views.options import Options

WORDS = {
    "en": (
        "Only a part was asked: --checks DSK-*",
        "DSK-01.days = 90 (default 30)",
        "Findings accepted by waivers (1): DSK-02",
    ),
    "fr": (
        "Une partie seulement a été demandée",
        "DSK-01.days = 90 (par défaut 30)",
        "Non-conformités acceptées par dérogation (1)",
    ),
}


def _run() -> Run:
    waiver = AppliedWaiver("accepted", "ann", "2026-12-31 UTC")
    results = [
        make_result("DSK-01", parameters={"days": 90}, defaults={"days": 30}),
        make_result("DSK-02", State.FAIL, ["sda"], waiver=waiver),
        make_result("DSK-03", State.FAIL, ["sdb"]),
    ]
    left = (Exclusion("DSK-04", Text("not here", "pas ici")),)
    return make_run("web", 1_700_000_000, results)._replace(narrowed=("DSK-*",), excluded=left)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["markdown", "html", "junit", "terminal"])
@pytest.mark.parametrize("fleet", [False, True])
def test_it_stands_before_the_first_finding(name: str, language: str, fleet: bool) -> None:
    out = io.StringIO()
    options = Options(language=language, fleet=fleet, form="rich", width=10_000)
    if name == "terminal":
        terminal.print_run(_run(), out, options)
    else:
        load(name).write([_run(), _run()] if fleet and name == "markdown" else [_run()], out, options)
    text = out.getvalue().replace("&#x27;", "'").replace("`", "")
    assert "audit is complete" not in text
    assert "audit est complet." not in text
    for words in WORDS[language]:
        assert words in text, name
        if name in {"markdown", "terminal"}:
            assert text.index(words) < text.index("DSK-03")
    if name == "junit":
        properties = {one.get("name"): one.get("value") for one in ET.fromstring(out.getvalue()).iter("property")}
        assert properties["deviation_narrowed"] == "DSK-*"
        assert properties["deviation_values"] == "DSK-01.days=90 (30)"
        assert properties["deviation_waivers"] == "DSK-02"
        assert properties["deviation_left_out"] == "DSK-04"


def test_the_first_page_of_a_fleet_counts_hosts(tmp_path: Path) -> None:
    load_directory("html").write_directory(str(tmp_path), [_run(), _run()._replace(narrowed=())], Options(fleet=True))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Only a part was asked: --checks DSK-* (1 host)" in text
    assert "Findings accepted by waivers (1): DSK-02 (2 hosts)" in text


def test_each_record_tells_its_own() -> None:
    out = io.StringIO()
    load("csv").write([_run()], out, Options())
    lines = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [line["values_changed"] for line in lines] == ["DSK-01.days=90 (30)", "", ""]
    assert {line["narrowed"] for line in lines} == {"DSK-*"}
    out = io.StringIO()
    load("json").write([_run()], out, Options())
    data = json.loads(out.getvalue())
    assert data["narrowed"] == ["DSK-*"]
    assert data["results"][0]["defaults"] == {"days": 30}
