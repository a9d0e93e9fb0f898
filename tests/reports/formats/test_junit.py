"""JUnit XML: valid for every consumer, whatever the text. The rules are those of both schemas."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Callable, Iterator
from typing import TextIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from rempart_core.model.check import Severity
from rempart_core.model.result import Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text
from rempart_reports.formats.junit import Report
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def written(*runs: Run, **options: object) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def parsed(*runs: Run, **options: object) -> etree._Element:
    return etree.fromstring(written(*runs, **options).encode())


def cases_of(root: etree._Element) -> dict[str, etree._Element]:
    return {str(case.get("name")).partition(" ")[0]: case for case in root.iter("testcase")}


def outcome_of(case: etree._Element) -> str:
    kinds = [str(child.tag) for child in case if child.tag in {"failure", "error", "skipped"}]
    assert len(kinds) <= 1
    return kinds[0] if kinds else "pass"


def assert_strict(root: etree._Element) -> None:
    """Hold a document against the rules of the strict form."""
    assert root.tag == "testsuites"
    assert not root.attrib
    seen = set()
    for index, suite in enumerate(root):
        attributes = {
            "name",
            "package",
            "id",
            "hostname",
            "timestamp",
            "tests",
            "failures",
            "errors",
            "skipped",
            "time",
        }
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == attributes
        assert suite.get("id") == str(index)
        for name in ("name", "package", "hostname"):
            assert suite.get(name)
            assert suite.get(name) == " ".join(str(suite.get(name)).split())
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", str(suite.get("timestamp")))
        assert re.fullmatch(r"\d+\.\d{3}", str(suite.get("time")))
        tags = [str(child.tag) for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        outcomes = [outcome_of(case) for case in cases]
        for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(attribute) == str(outcomes.count(kind))
        assert suite.get("tests") == str(len(cases)) != "0"
        for entry in suite.iterfind("properties/property"):
            assert set(entry.attrib) == {"name", "value"}
        for case in cases:
            assert_strict_case(case)
            seen.add((case.get("classname"), case.get("name")))
    assert len(seen) == sum(1 for _ in root.iter("testcase")), "of two of one name GitLab keeps the first only"


def assert_strict_case(case: etree._Element) -> None:
    assert set(case.attrib) == {"name", "classname", "time"}
    assert re.fullmatch(r"\d+\.\d{3}", str(case.get("time")))
    assert len(str(case.get("name"))) <= 200
    assert re.fullmatch(r"[\w-]+(\.[\w-]+){2}", str(case.get("classname")))
    assert len(case) <= 1
    for child in case:
        assert set(child.attrib) == ({"message"} if child.tag == "skipped" else {"type", "message"})
        assert "\n" not in str(child.get("message"))
        body = str(child.text)
        assert body.split("\n", maxsplit=1)[0] == child.get("message") != ""
        assert len(body.encode()) <= 8192
        assert not len(child)


def test_the_strict_form_keeps_its_rules(sample_run: Run, silent_run: Run) -> None:
    for language in ("en", "fr"):
        assert_strict(parsed(sample_run, silent_run, language=language))


def test_each_state_becomes_its_own_outcome(sample_run: Run) -> None:
    cases = cases_of(parsed(sample_run))
    assert {name: outcome_of(case) for name, case in cases.items()} == {
        "ACC-01": "skipped",
        "ACC-02": "pass",
        "AVM-01": "pass",
        "AVM-03": "error",
        "AVM-04": "pass",
        "DSK-01": "failure",
        "DSK-02": "skipped",
        "DSK-03": "pass",
        "FWL-01": "failure",
        "FWL-04": "pass",
        "LCK-01": "failure",
        "LCK-03": "skipped",
        "LCK-04": "skipped",
        "PAT-01": "failure",
        "PAT-05": "error",
        "PAT-06": "pass",
        "PRV-02": "skipped",
        "RMT-02": "pass",
        "RMT-03": "skipped",
    }
    message = {name: child.get("message") for name, case in cases.items() for child in case}
    assert str(message["ACC-01"]).startswith("waived until 2026-12-31 Europe/Paris: Borne d’accueil")
    assert str(message["RMT-03"]).startswith("known since baseline")
    assert message["DSK-02"] == "needs root"
    assert message["LCK-04"] == "no desktop but GNOME is installed"
    assert "waiver expired on 2026-09-30 Europe/Paris" in str(message["DSK-01"])
    assert cases["FWL-01"].get("classname") == "centre-lyon.poste-042_lyon_example.firewall"
    assert cases["FWL-01"].get("name") == "FWL-01 Host firewall filters incoming traffic, IPv4 and IPv6"
    assert cases["AVM-03"][0].get("type") == "malformed"


def test_the_body_holds_evidence_what_to_do_and_what_was_asked(sample_run: Run) -> None:
    body = str(cases_of(parsed(sample_run))["DSK-01"][0].text)
    assert "Evidence: 1 failing, 1 undecided, 2 passing" in body
    assert "- fail: /srv/enregistrements: /dev/sdb1 (ext4), clear (expected: an encrypted device)" in body
    assert "- undecided: /srv/archive: (empty)" in body
    assert "Second witness: 1 failing" in body
    assert "How to fix it: Allow the management address first" in body
    assert 'Parameters in force: plain_mounts = ["/boot", "/boot/efi", "/efi"]' in body
    assert "SQL (query):\nWITH fam(f) AS" in body


def test_the_suite_says_what_the_run_was(sample_run: Run) -> None:
    properties = {
        entry.get("name"): entry.get("value")
        for entry in parsed(sample_run, threshold=Severity.HIGH, head="abc").iter("property")
    }
    wanted = {
        "version": "0.1.0", "profile": "workstation", "role": "workstation", "engine": "embedded", "user": "root",
        "privileges": "root", "threshold": "high", "count_pass": "7", "count_fail": "6", "count_error": "2",
        "count_not_applicable": "1", "count_not_checked": "3", "count_waived": "1", "chain_head": "abc",
        "system": "Debian GNU/Linux 13 (trixie)", "content": sample_run.content, "answered": sample_run.ended,
    }  # fmt: skip
    assert {name: properties.get(name) for name in wanted} == wanted


def test_a_silent_endpoint_and_a_run_without_results_are_one_error_each(silent_run: Run, make_run: MakeRun) -> None:
    root = parsed(silent_run, make_run([]))
    assert_strict(root)
    assert [outcome_of(case) for case in root.iter("testcase")] == ["error", "error"]
    assert root[0].find("testcase/error").get("type") == "silent"
    assert "2 not checked: DSK-01 FWL-01" in (root[0].findtext("testcase/error") or "")
    told = {one.get("name"): one.get("value") for one in root[0].iter("property")}
    assert told["count_not_checked"] == "2"
    assert root[1].find("testcase/error").get("type") == "no_results"


def test_a_silent_endpoints_suite_says_when_it_answered_last(silent_run: Run) -> None:
    root = parsed(silent_run, answered={silent_run.target.name: "2026-11-18T12:00:00Z"})
    assert [p.get("value") for p in root.iter("property") if p.get("name") == "answered"] == ["2026-11-18T12:00:00Z"]


def test_no_runs_at_all_are_an_empty_document() -> None:
    root = parsed()
    assert root.tag == "testsuites"
    assert len(root) == 0


@pytest.mark.parametrize("form", ["strict", "rich"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_hostile_text_breaks_nothing(hostile_run: Run, form: str, language: str) -> None:
    text = written(hostile_run, hostile_run, form=form, language=language)
    root = etree.fromstring(text.encode())
    if form == "strict":
        assert_strict(root)
    assert "[[attachment|" not in text.lower()
    assert "##vso[" not in text.lower()
    assert "##teamcity[" not in text.lower()
    assert not re.search(r"^\s*::[a-z]+::", text, re.IGNORECASE | re.MULTILINE)
    assert [str(e.tag) for e in root.iter()].count("script") == 0


@given(st.text(max_size=60))
def test_any_text_gives_a_valid_document(poison_run: Callable[[str], Run], poison: str) -> None:
    assert_strict(parsed(poison_run(poison)))


@given(st.floats() | st.integers().map(float), st.text(max_size=30))
def test_any_time_is_written_in_the_schemas_form(
    make_run: MakeRun, make_result: MakeResult, seconds: float, start: str
) -> None:
    assert_strict(parsed(make_run([make_result(seconds=seconds)], seconds=seconds, started=start)))


@pytest.mark.parametrize(
    ("started", "stamp"),
    [
        ("2026-11-25T13:00:00Z", "2026-11-25T13:00:00"),
        ("2026-11-25T13:00:00+02:00", "2026-11-25T11:00:00"),
        ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00"),
        ("2026-02-30T00:00:00Z", "1970-01-01T00:00:00"),
        ("", "1970-01-01T00:00:00"),
    ],
)
def test_the_timestamp_is_utc_without_a_zone(make_run: MakeRun, started: str, stamp: str) -> None:
    assert parsed(make_run([], started=started))[0].get("timestamp") == stamp


def test_an_empty_reason_is_no_pass(make_run: MakeRun, make_result: MakeResult) -> None:
    states = [State.FAIL, State.ERROR, State.NOT_CHECKED, State.NOT_APPLICABLE]
    results = [
        make_result(check=f"X-{n}", state=state, reason=Text(" ", ""), evidence=None) for n, state in enumerate(states)
    ]
    root = parsed(make_run(results))
    assert_strict(root)
    assert [outcome_of(case) for case in root.iter("testcase")] == ["failure", "error", "skipped", "skipped"]


def test_names_are_unique_and_at_most_200_characters(make_run: MakeRun, make_result: MakeResult) -> None:
    long = make_result(title=Text("long " * 100, "long"))
    root = parsed(make_run([long, long, long]), make_run([long]))
    assert_strict(root)
    # hosts that differ in what a class name can't hold
    dotted, lined = (make_run([long], target=TargetIdentity(name)) for name in ("a.b", "a_b"))
    assert_strict(parsed(dotted, lined))


def test_a_long_body_is_cut_at_8_kb_and_says_so(make_run: MakeRun, make_result: MakeResult) -> None:
    rows = [{"item": f"é{n}", "observed": "é" * 2000, "expected": "", "ok": "0"} for n in range(50)]
    sql = {"query": "SELECT 'é' " * 2000}
    body = str(parsed(make_run([make_result(evidence=Evidence(rows, 300, 0, 7), sql=sql)])).findtext(".//failure"))
    assert len(body.encode()) <= 8192
    assert re.search(r"- and 30\d more", body)
    assert "How to fix it" in body
    lost = re.search(r"\(cut at 8 KB: ([\d,]+) bytes are not shown; the JSON report holds everything\)$", body)
    assert lost
    assert int(lost[1].replace(",", "")) > 10_000


def test_the_rich_form_adds_evidence_of_passes_properties_and_the_check_file(sample_run: Run) -> None:
    root = parsed(sample_run, form="rich")
    cases = cases_of(root)
    assert "clamav-daemon.service: active" in str(cases["AVM-01"].findtext("system-out"))
    assert cases["FWL-01"].get("file") == "checks/firewall/fwl-01-host-firewall-active.yaml"
    properties = {p.get("name"): p.get("value") for p in cases["ACC-01"].iter("property")}
    assert properties["severity"] == "critical"
    assert properties["control:gdpr"] == "32(1)(b)"
    assert str(properties["waiver"]).startswith("waived until 2026-12-31")
    for case in cases.values():  # without its additions it is the strict form
        case.attrib.pop("file")
        for extra in [child for child in case if child.tag in {"properties", "system-out"}]:
            case.remove(extra)
    assert_strict(root)


class _Sink(io.TextIOBase):
    """Counts what is written and keeps nothing."""

    size = 0

    def write(self, text: str) -> int:
        self.size += len(text)
        return len(text)


def test_memory_does_not_grow_with_the_number_of_runs(make_run: MakeRun, make_result: MakeResult) -> None:
    def runs(count: int) -> Iterator[Run]:
        for n in range(count):
            yield make_run([make_result(check=f"X-{i}") for i in range(10)], target=TargetIdentity(f"host-{n}"))

    def peak(count: int) -> int:
        tracemalloc.start()
        Report.write(runs(count), cast("TextIO", _Sink()), Options())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(300)  # what is kept for good is kept now
    assert peak(300) < peak(30) + 300_000  # 270 runs more would be 3 MB
