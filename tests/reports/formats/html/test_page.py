"""The page: self-contained, accessible by its structure, and safe whatever a machine says."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import rempart_reports
from rempart_core.model.check import Severity
from rempart_core.model.framework import Framework, Requirement
from rempart_core.model.result import AppliedWaiver, Evidence, Result, Run, State
from rempart_core.text import Text
from rempart_reports.formats.html.page import Report
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def written(*runs: Run, **options: object) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def parsed(*runs: Run, **options: object) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(written(*runs, **options))


def words_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def section_of(page: lxml.html.HtmlElement, name: str) -> str:
    return words_of(page.get_element_by_id(f"r1-{name}"))


@pytest.fixture(scope="module", params=["en", "fr"])
def page(request: pytest.FixtureRequest, sample_run: Run) -> lxml.html.HtmlElement:
    return parsed(sample_run, language=request.param, generated="2026-11-25T13:00:02Z", head="a3f5")


@pytest.mark.parametrize(("language", "told"), [("en", "Not examined"), ("fr", "Non examiné")])
def test_a_pass_says_what_it_does_not_cover(
    make_run: MakeRun, make_result: MakeResult, language: str, told: str
) -> None:
    lines = (Text("No <b>other</b> tables.", "Pas de <b>seconde</b> table."),)
    page = parsed(make_run([make_result(state=State.PASS, not_examined=lines)]), language=language)
    (line,) = page.xpath(f"//details[@id='r1-FWL-01']//dt[.='{told}']/../dd//li")
    assert words_of(line).replace("\u202f", " ") == lines[0].get(language)


def test_it_needs_nothing_from_outside_and_runs_nothing(page: lxml.html.HtmlElement) -> None:
    tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "input"}
    for element in page.iter():
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            if name in {"href", "src", "action", "data"}:
                assert value.startswith("#")
    css = page.xpath("//style")[0].text
    assert "url(" not in css
    assert "@import" not in css


def test_its_policy_allows_its_own_style_and_nothing_else(page: lxml.html.HtmlElement) -> None:
    digest = b64encode(sha256(page.xpath("//style")[0].text.encode()).digest()).decode()
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_its_structure_can_be_followed_without_eyes(page: lxml.html.HtmlElement) -> None:
    assert page.get("lang") in {"en", "fr"}
    assert len(page.xpath("//h1")) == 1
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for reference in page.xpath("//a/@href | //use/@href"):
        assert reference[1:] in ids
    for reference in page.xpath("//@aria-labelledby"):
        assert set(reference.split()) <= set(ids)
    for table in page.xpath("//table"):
        assert words_of(table.find("caption"))
        assert all(head.get("scope") for head in table.iter("th"))
    for picture in page.xpath("//svg"):
        assert picture.get("aria-hidden") == "true" or picture.get("role") == "img"
    assert page.xpath("//main")
    assert page.xpath("//nav/@aria-label")


def test_the_verdict_comes_first_in_words(sample_run: Run) -> None:
    page = parsed(sample_run)
    assert page.xpath("//title")[0].text == "poste-042.lyon.example – Security audit report"
    verdict = section_of(page, "verdict")
    assert "4 findings are open (3 critical, 1 high)." in verdict
    assert "The audit is incomplete: 4 checks could not be judged." in verdict
    order = [section.get("id") for section in page.xpath("//section")]
    assert order == [
        f"r1-{name}"
        for name in (
            *("verdict", "start_with", "summary", "findings", "unjudged", "requirements", "waivers_of", "passes"),
            *("inapplicable", "facts"),
        )
    ]


def test_every_check_is_there_once_with_its_evidence(sample_run: Run) -> None:
    page = parsed(sample_run)
    for result in sample_run.results:
        text = words_of(page.get_element_by_id(f"r1-{result.check}"))
        assert result.title.en in text
        assert "revision 1" in text
        assert "SELECT 1 FROM osquery_registry" not in text
        if result.state is not State.PASS:
            assert result.rationale.en in text
            for row in result.evidence.rows if result.evidence else ():
                assert row["item"] in text
    assert [article.get("id") for article in page.xpath("//article")] == [
        "r1-DSK-01", "r1-FWL-01", "r1-PAT-01", "r1-LCK-01", "r1-ACC-01", "r1-RMT-03",
    ]  # fmt: skip


def test_statements_and_evidence_of_passes_are_an_appendix_on_request(sample_run: Run) -> None:
    plain, page = parsed(sample_run), parsed(sample_run, appendix=True)
    assert "clamav-daemon.service" not in words_of(plain)
    assert not plain.xpath("//*[@id='r1-appendix']")
    appendix = words_of(page.get_element_by_id("r1-appendix"))
    assert appendix.count("SELECT 1 FROM osquery_registry") == len(sample_run.results)
    assert "clamav-daemon.service" in appendix
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_ten_rows_are_in_sight_and_the_others_are_folded(sample_run: Run) -> None:
    article = parsed(sample_run).get_element_by_id("r1-PAT-01")
    assert len(article.xpath("./ul[@class='rows']/li")) == 10
    assert len(article.xpath("./details[@class='more']//li")) == 40
    assert words_of(article.xpath("./details[@class='more']/summary")[0]) == "40 more"
    (counts,) = article.xpath("./div[@class='counts']")
    assert words_of(counts).endswith("expected: installed within 30 days")  # once, not in each row
    assert "expected" not in words_of(article.xpath(".//li")[0])


def test_columns_without_a_value_are_left_out(make_run: MakeRun, make_result: MakeResult) -> None:
    row = {"item": "apt", "observed": "3.0.3", "expected": "", "ok": "0", "origin": "Debian", "advisory": ""}
    page = parsed(make_run([make_result(evidence=Evidence([row], 1, 0, 0))]))
    line = words_of(page.xpath("//article//li")[0])
    assert line == "fail: apt 3.0.3 · origin Debian"


def test_a_configuration_stays_a_block_that_can_be_copied(make_run: MakeRun, make_result: MakeResult) -> None:
    config = "\n".join(f"Directive{n} = value <{n}>" for n in range(40))
    row = {"item": "sshd_config", "observed": config, "expected": "", "ok": "0"}
    page = parsed(make_run([make_result(evidence=Evidence([row], 1, 0, 0))]))
    (block,) = page.xpath("//details[@class='long']/pre")
    assert block.text_content() == config
    assert words_of(block.getprevious()).startswith("Directive0 = value <0> Directive1 ")


def test_where_to_start_is_told_with_the_price(sample_run: Run) -> None:
    lines = [words_of(line) for line in parsed(sample_run).xpath("//ol[@class='start']/li")]
    assert lines[0].startswith("DSK-01 Every data-bearing volume is encrypted critical · disruption: could cut")
    assert len(lines) == 3


def test_what_was_not_judged_is_a_line_a_reason(sample_run: Run) -> None:
    section = parsed(sample_run).get_element_by_id("r1-unjudged")
    lines = {words_of(one.find("summary")) for one in section.xpath(".//details[@class='reason']")}
    assert "needs root DSK-02, PRV-02" in lines
    assert "sources disagree PAT-05" in lines
    assert "6.12.38 runs, 6.12.41 installed" in words_of(section.get_element_by_id("r1-PAT-05"))


def test_a_finding_tells_true_counts_what_to_do_and_what_was_accepted(sample_run: Run) -> None:
    page = parsed(sample_run)
    assert "300 failing, 904 passing; 50 shown" in words_of(page.get_element_by_id("r1-PAT-01"))
    disk = words_of(page.get_element_by_id("r1-DSK-01"))
    assert "waiver expired on 30 September 2026 (Europe/Paris): Moved to the new server" in disk
    assert "Second witness 1 failing" in disk
    assert 'plain_mounts = ["/boot", "/boot/efi", "/efi"]' in disk
    assert "Other things could not be decided" in disk
    assert "could cut off access" in disk
    assert "Ansible role firewall, tag DSK-01" in disk
    assert "GDPR 32(1)(b)" in disk
    assert "waived until 31 December 2026 (Europe/Paris)" in words_of(page.get_element_by_id("r1-ACC-01"))


def test_the_picture_has_its_numbers_in_words(sample_run: Run) -> None:
    page = parsed(sample_run)
    areas = page.xpath("//ul[@class='areas']")[0]
    rows = {line.find("b").text: words_of(line.find("span")) for line in areas}
    assert rows["Patch status"] == "1 finding, 1 error, 1 passed"
    assert len(areas.xpath(".//use")) == len(sample_run.results)
    bar = page.xpath("//svg[@role='img']")[0]
    assert "19 checks: 4 findings (3 critical, 1 high)" in words_of(bar)
    assert sum(int(rect.get("width")) for rect in bar.iter("rect")) == len(sample_run.results)


def frameworks_of(page: lxml.html.HtmlElement) -> dict[str, lxml.html.HtmlElement]:
    """Return by name of the framework what stands until the next one."""
    found = {}
    for heading in page.xpath("//section[@id='r1-requirements']/h3"):
        box = lxml.html.Element("div")
        for one in heading.xpath("following-sibling::*"):
            if one.tag == "h3":
                break
            box.append(lxml.html.fromstring(lxml.html.tostring(one)))
        found[words_of(heading)] = box
    return found


def test_requirements_have_a_verdict_and_are_never_satisfied(sample_run: Run) -> None:
    page = parsed(sample_run)
    assert "A check supports a requirement; it never satisfies one alone." in section_of(page, "requirements")
    found = frameworks_of(page)
    assert list(found)[:2] == ["GDPR", "PCI DSS v4.0.1"]
    lines = [words_of(line) for line in found["GDPR"].xpath(".//li")]
    assert lines[1] == "32(1)(d) gap found PAT-01"
    assert words_of(found["GDPR"].find("p")) == "gap found: 2"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["1 gap found A-01", "2 not judged A-03", "3 accepted until 31 December 2026 A-04"]),
        ("fr", ["1 écart constaté A-01", "2 non jugé A-03", "3 accepté jusqu’au 31 décembre 2026 A-04"]),
    ],
)
def test_a_requirement_has_one_of_five_verdicts(
    make_run: MakeRun, make_result: MakeResult, language: str, told: list[str]
) -> None:
    def result(check: str, requirements: tuple[str, ...], **changes: object) -> Result:
        return make_result(check=check, controls={"gdpr": requirements}, **changes)

    waiver = AppliedWaiver("because", "me", "2026-12-31 Europe/Paris")
    results = [
        result("A-01", ("1",)),
        result("A-02", ("1", "2", "3", "4"), state=State.PASS),
        result("A-03", ("2",), state=State.ERROR),
        result("A-04", ("3",), waiver=waiver),
        result("A-05", ("5",), state=State.NOT_APPLICABLE),
        result("A-06", ("4",), state=State.PASS),
    ]
    box = frameworks_of(parsed(make_run(results), language=language))["RGPD" if language == "fr" else "GDPR"]
    assert [words_of(line) for line in box.xpath("./ul/li")] == told
    folded = [words_of(line) for line in box.xpath("./details//li")]
    if language == "en":
        assert folded == ["4 no gap seen by 2 checks A-02, A-06", "5 nothing asks this A-05"]


@pytest.mark.parametrize(("language", "name", "title"), [("en", "House", "Locked <up>"), ("fr", "Maison", "Fermé")])
def test_requirements_have_their_titles_where_these_are_known(
    make_run: MakeRun, make_result: MakeResult, language: str, name: str, title: str
) -> None:
    known = Requirement("1", Text("Locked <up>", "Fermé"), "technical")
    house = Framework("house-rules", Text("House", "Maison"), "1", "us", Text("all", "toutes"), {"1": known})
    result = make_result(controls={"house-rules": ("1", "2"), "gdpr": ("32(1)(b)",)})
    page = parsed(make_run([result]), language=language, frameworks={"house-rules": house})
    found = frameworks_of(page)
    assert list(found) == ["RGPD" if language == "fr" else "GDPR", name]
    assert [one.text for one in found[name].xpath(".//li/b")] == ["1", "2"]
    assert [words_of(one) for one in found[name].xpath(".//li/span[@class='quiet title-of']")] == [title]


def test_commands_in_our_own_text_are_code(make_run: MakeRun, make_result: MakeResult) -> None:
    fix = Text("Run `ufw enable <b>`, then look.", "Lancer `ufw enable`.")
    result = make_result(remediation=make_result().remediation._replace(manual=fix), rationale=Text("a ` b", "a ` b"))
    page = parsed(make_run([result]))
    assert "ufw enable <b>" in [code.text for code in page.iter("code")]
    assert "Why it mattersa ` b" in words_of(page)


def test_requirements_are_sorted_as_people_count(make_run: MakeRun, make_result: MakeResult) -> None:
    result = make_result(controls={"iso-27001-2022": ("8.20", "8.9", "8.10"), "house-rules": ("1",)})
    page = parsed(make_run([result]))
    found = frameworks_of(page)
    assert [one.text for one in found["ISO/IEC 27001:2022, Annex A"].xpath(".//li/b")] == ["8.9", "8.10", "8.20"]
    assert list(found)[1] == "House rules"


def test_what_was_not_seen_is_said_with_its_reason(sample_run: Run) -> None:
    page = parsed(sample_run)
    gaps = section_of(page, "unjudged")
    assert "needs root" in gaps
    assert "needs a running system" in gaps
    assert "AVM-05 No exclusion list on this product" in section_of(page, "facts")


def test_the_facts_of_the_run(sample_run: Run) -> None:
    facts = section_of(
        parsed(sample_run, head="a3f5", threshold=Severity.HIGH, generated="2026-11-25T13:00:02Z"), "facts"
    )
    for fact in (
        "Debian GNU/Linux 13 (trixie)", "workstation (detected)", "embedded 0.1.0", "root, full privileges",
        "25 November 2026, 13:00 UTC", "412 ms", sample_run.content, "Head of the chaina3f5", "high and above count",
        "inventory/waivers.yaml", "Rempart version0.1.0",
    ):  # fmt: skip
        assert fact in facts


def test_french(sample_run: Run) -> None:
    page = parsed(sample_run, language="fr")
    text = words_of(page)
    assert "4 non-conformités ouvertes (3 critiques, 1 élevée)." in text
    assert "Le pare-feu local filtre les flux entrants, IPv4 et IPv6" in text
    assert "Verrouillage de l’écran" in text
    assert "RGPD" in text
    assert not re.search(r"[^\u00a0\u202f\W][:;?!](?=\s)", section_of(page, "verdict"))


def test_no_results_is_no_success(make_run: MakeRun, silent_run: Run) -> None:
    assert "No check was run" in section_of(parsed(make_run([])), "verdict")
    assert "Nothing could be judged." in section_of(parsed(silent_run), "verdict")


def test_several_runs_are_sections_of_one_page(sample_run: Run, silent_run: Run) -> None:
    page = parsed(sample_run, silent_run)
    assert [words_of(heading) for heading in page.xpath("//h1")] == ["poste-042.lyon.example", "poste-099"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//title")[0].text == "Security audit report"


def test_a_huge_value_is_cut_and_says_so(make_run: MakeRun, make_result: MakeResult) -> None:
    row = {"item": "x" * 100_000, "observed": "", "expected": "", "ok": "0"}
    text = written(make_run([make_result(evidence=Evidence([row], 1, 0, 0))]))
    assert "… (96,000 more characters)" in text
    assert len(text) < 60_000


def shape_of(page: lxml.html.HtmlElement) -> list[tuple[str, list[str]]]:
    return [(str(element.tag), sorted(element.attrib)) for element in page.iter()]


_PIECES = ['"', "'", "<", ">", "&", "</style>", "<script>", "-->", "{{", "%}", " ", "x"]


@given(st.lists(st.sampled_from(_PIECES) | st.characters(), min_size=1, max_size=8).map("".join))
@settings(max_examples=40)
def test_no_text_changes_the_structure(poison_run: Callable[[str], Run], poison: str) -> None:
    assume(poison.strip() and poison.count("`") < 2)  # a pair of them makes code of what a check itself says
    run, plain = poison_run(poison), poison_run("x")
    keep = slice(0, 7)  # the last two share an id that is poison
    assert shape_of(parsed(run._replace(results=run.results[keep]))) == shape_of(
        parsed(plain._replace(results=plain.results[keep]))
    )


def test_hostile_text_is_shown_as_text_and_harmless_in_a_log(hostile_run: Run) -> None:
    text = written(hostile_run)
    assert "<script>alert(1)</script>" in words_of(lxml.html.document_fromstring(text))
    assert "<script" not in text
    for command in ("##vso[", "##teamcity[", "[[attachment|", "::error"):
        assert command not in text.lower()
    assert not any(ord(c) < 32 and c not in "\n\t" for c in text)


def test_check_ids_that_are_no_anchors_become_some(make_run: MakeRun, make_result: MakeResult) -> None:
    page = parsed(make_run([make_result(check="É 1"), make_result(check="E 1", title=Text("Other", "Autre"))]))
    assert {"r1-_c9_201", "r1-E_201"} <= set(page.xpath("//@id"))


def luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_in_every_scheme() -> None:
    css = (Path(str(rempart_reports.__file__)).parent / "formats" / "html" / "templates" / "report.css").read_text(
        encoding="utf-8"
    )
    schemes = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes:
        colors = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", scheme))
        for name in ("ink", "soft", "link", "critical", "high", "medium", "low", "info", "error", "waived", "pass"):
            assert contrast(colors[name], colors["paper"]) >= 4.5, name
            assert contrast(colors[name], colors["raised"]) >= 4.5, name
        assert contrast(colors["none"], colors["paper"]) >= 3  # of marks, not of text
