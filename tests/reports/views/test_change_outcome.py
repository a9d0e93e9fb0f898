"""What a change did, as every report tells it: in words of both languages, and never a fix that was none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import lxml.html
import pytest
from lxml import etree

from rempart_core.documents import run_document
from rempart_core.error import DocumentError
from rempart_core.model.fix_outcome import SENTENCES, WORDS, Outcome
from rempart_core.model.result import AppliedChange, Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import NOTHING, Text
from rempart_reports.formats.registry import load
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]
CHANGE = "c-20261125-130000-ab12"
BEFORE = ("PermitRootLogin: yes",)


def written(name: str, /, *runs: Run, **options: object) -> str:
    out = io.StringIO(newline="")
    load(name).write(iter(runs), out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture
def changed_run(make_run: MakeRun, make_result: MakeResult) -> Run:
    """Return a run after a change, with a result of each outcome."""
    mended = Evidence([{"item": "PermitRootLogin", "observed": "no", "expected": "no", "ok": "1"}], 0, 0, 1)
    made = [
        ("RMT-01", Outcome.FIXED, State.PASS, mended, ""),
        ("RMT-02", Outcome.STILL_FAILING, State.FAIL, None, "it was not enough"),
        ("RMT-03", Outcome.REGRESSED, State.PASS, mended, "Port: 2222"),
        ("RMT-04", Outcome.NOT_APPLIED, State.FAIL, None, "the lock is held by ann@desk"),
        ("RMT-05", Outcome.ROLLED_BACK, State.FAIL, None, "made worse: RMT-03"),
        ("RMT-06", Outcome.LOST, State.NOT_CHECKED, None, "the host does not answer any more"),
    ]
    results = [
        make_result(
            check=check,
            state=state,
            evidence=evidence,
            failure="silent" if state is State.NOT_CHECKED else "",
            change=AppliedChange(CHANGE, outcome.value, Text(reason, reason and f"fr: {reason}"), BEFORE),
        )
        for check, outcome, state, evidence, reason in made
    ]
    return make_run([*results, make_result(check="FWL-01", state=State.PASS)])


def test_strict_junit_tells_of_the_change_in_what_the_schemas_allow(changed_run: Run) -> None:
    root = etree.fromstring(written("junit", changed_run).encode())
    properties = {str(one.get("name")): str(one.get("value")) for one in root.iter("property")}
    assert properties["applied_change"] == CHANGE
    found = {name: value for name, value in properties.items() if name.startswith("outcome_")}
    assert found == {
        "outcome_fixed": "RMT-01",
        "outcome_still_failing": "RMT-02",
        "outcome_regressed": "RMT-03",
        "outcome_not_applied": "RMT-04",
        "outcome_rolled_back": "RMT-05",
        "outcome_lost": "RMT-06",
    }
    cases = {str(case.get("name"))[:6]: case for case in root.iter("testcase")}
    body = cases["RMT-05"].findtext("failure", "").splitlines()
    assert body[1:3] == [
        f"Change {CHANGE} was rolled back: made worse: RMT-03",
        "Before → after: PermitRootLogin: yes → 2 of 2 fail",
    ]
    assert [child.tag for child in cases["RMT-01"]] == []
    assert not root.findall(".//testcase/properties")
    said = root.findtext(".//testsuite/system-out", "")
    assert f"Change {CHANGE}: 1 host lost, 1 regressed, 1 still failing, 1 rolled back, 1 not applied, 1 fixed" in said
    assert "- fixed: RMT-01 (PermitRootLogin: yes → PermitRootLogin: no)" in said


def test_rich_junit_tells_of_it_in_each_case(changed_run: Run) -> None:
    root = etree.fromstring(written("junit", changed_run, form="rich", language="fr").encode())
    cases = {str(case.get("name"))[:6]: case for case in root.iter("testcase")}
    told = {str(one.get("name")): one.get("value") for one in cases["RMT-01"].iter("property")}
    assert (told["applied_change"], told["outcome"]) == (CHANGE, "fixed")
    assert (told["before"], told["after"]) == ("PermitRootLogin: yes", "PermitRootLogin\u00a0: no")
    assert cases["RMT-01"].findtext("system-out", "").startswith(f"Corrigé par le changement {CHANGE}\n")
    assert "outcome" not in {one.get("name") for one in cases["FWL-01"].iter("property")}
    assert "fr: made worse: RMT-03" in cases["RMT-05"].findtext("failure", "")


@pytest.mark.parametrize("form", ["strict", "rich"])
@pytest.mark.parametrize("state", list(State))
def test_a_lost_host_is_an_error_whatever_was_seen_of_it(
    make_run: MakeRun, make_result: MakeResult, form: str, state: State
) -> None:
    result = make_result(state=state, change=AppliedChange(CHANGE, "lost", Text("cut off", "coupée"), BEFORE))
    (case,) = etree.fromstring(written("junit", make_run([result]), form=form).encode()).iter("testcase")
    (error,) = case.findall("error")
    assert error.get("type") == "lost"
    assert error.get("message") == f"The host was lost in change {CHANGE}: cut off"
    assert case.find("failure") is None


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("form", ["junit", "html", "markdown", "terminal"])
@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.FIXED])
def test_nothing_but_a_mend_reads_like_one(
    make_run: MakeRun, make_result: MakeResult, form: str, language: str, outcome: Outcome
) -> None:
    # a pass, as where somebody else fixed it meanwhile: the hardest case
    result = make_result(state=State.PASS, change=AppliedChange(CHANGE, outcome.value, NOTHING, BEFORE))
    text = written(form, make_run([result]), language=language, verbose=True)
    assert WORDS[outcome].get(language) in text
    mended = (WORDS[Outcome.FIXED], SENTENCES[Outcome.FIXED])
    assert not any(words.get(language).format(CHANGE) in text for words in mended)


def test_the_page_shows_each_outcome_with_what_was_before_and_after(changed_run: Run) -> None:
    page = lxml.html.document_fromstring(written("html", changed_run))
    (section,) = page.xpath("//section[@id='r1-deed-1']")
    rows = {row.xpath("string(td[2]/a)"): row for row in section.xpath(".//tbody/tr")}
    assert [row.xpath("string(td[3])") for row in rows.values()] == ["PermitRootLogin: yes"] * 6
    assert rows["RMT-01"].xpath("string(td[4])") == "PermitRootLogin: no"
    assert rows["RMT-06"].xpath("string(td[4])") == "not checked"
    assert "the lock is held by ann@desk" in rows["RMT-04"].text_content()
    for address in section.xpath(".//td/a/@href"):
        assert page.get_element_by_id(address[1:]) is not None
    (note,) = page.get_element_by_id("r1-RMT-05").xpath(".//p[contains(@class, 'outcome')]")
    assert "Before → after: PermitRootLogin: yes" in note.text_content()


def test_markdown_has_a_section_of_what_the_change_did(changed_run: Run) -> None:
    text = written("markdown", changed_run, language="fr")
    assert "## Ce que le changement a fait" in text
    assert "| corrigé | **`RMT-01`**" in text or "| corrigé | **RMT-01**" in text


def test_markdown_of_a_fleet_names_what_was_not_mended(changed_run: Run) -> None:
    other = changed_run._replace(target=TargetIdentity("web2"))
    text = written("markdown", changed_run, other)
    assert "2 host lost" in text
    assert "2 fixed" in text
    assert "### Not fixed (10)" in text
    assert "RMT-01" not in text.partition("### Not fixed")[2].partition("## ")[0]


def test_tables_have_columns_for_it_only_where_there_was_a_change(changed_run: Run) -> None:
    plain = next(csv.reader(io.StringIO(written("csv", changed_run))))
    assert "outcome" not in plain
    lines = {one["check"]: one for one in csv.DictReader(io.StringIO(written("csv", changed_run, changed=True)))}
    assert (lines["RMT-04"]["outcome"], lines["RMT-04"]["applied_change"]) == ("not_applied", CHANGE)
    assert lines["FWL-01"]["outcome"] == ""
    objects = [json.loads(line) for line in written("jsonl", changed_run, changed=True).splitlines()]
    assert {one["check"]: one["before"] for one in objects}["RMT-01"] == "PermitRootLogin: yes"


@pytest.mark.parametrize("form", ["junit", "html", "markdown", "terminal", "csv", "jsonl"])
def test_a_plain_audit_says_nothing_of_changes(sample_run: Run, form: str) -> None:
    text = written(form, sample_run)
    assert "applied_change" not in text
    assert "What the change did" not in text


def test_a_document_with_an_outcome_that_is_none_is_refused(changed_run: Run) -> None:
    text = run_document.write(changed_run)
    assert run_document.read(text).results[0].change == changed_run.results[0].change
    with pytest.raises(DocumentError, match='outcome cannot be "mended"'):
        run_document.read(text.replace('"outcome": "fixed"', '"outcome": "mended"'))
