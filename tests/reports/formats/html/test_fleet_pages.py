"""The pages of a fleet: linked, complete, safe whatever a machine says, and small in memory."""

from __future__ import annotations

import re
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_core.error import ReportError
from rempart_core.model.check import Step
from rempart_core.model.result import Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text
from rempart_reports.formats.html.fleet_checks import VARIANTS
from rempart_reports.formats.registry import load_directory
from rempart_reports.views.options import Options

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]


def write(folder: Path, *runs: Run, **options: object) -> None:
    load_directory("html").write_directory(str(folder), iter(runs), Options(**options))  # type: ignore[arg-type]


def read(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(path.read_text(encoding="utf-8"))


def words_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def cells_of(row: lxml.html.HtmlElement) -> str:
    return " ".join(words_of(cell) for cell in row)


def pages_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def named(run: Run, name: str, group: str = "lyon") -> Run:
    return run._replace(target=run.target._replace(name=name, group=group))


@pytest.fixture(scope="module", params=["en", "fr"])
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sample_run: Run, silent_run: Run
) -> Path:
    place = tmp_path_factory.mktemp("fleet")
    options = {"language": request.param, "generated": "2026-11-25T14:00:00Z", "head": "a3f5"}
    write(place, sample_run, silent_run, named(sample_run, "poste-100", "nice"), **options)
    return place


def variants_of(page: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """Return the headings of what was asked, in their order."""
    return list(page.xpath("//h3[starts-with(@id, 'sql-')]"))


def test_there_is_a_page_of_the_fleet_and_one_a_host_and_a_check(folder: Path, sample_run: Run) -> None:
    checks = {result.check for result in sample_run.results}
    hosts = ["poste-042.lyon.example", "poste-099", "poste-100"]
    wanted = [
        "index.html",
        "waivers.html",
        *(f"hosts/{host}.html" for host in hosts),
        *(f"checks/{check}.html" for check in checks),
    ]
    assert pages_in(folder) == sorted(wanted)


def test_every_link_leads_to_a_page_and_a_place_on_it(folder: Path) -> None:
    ids = {path.resolve(): set(read(path).xpath("//@id")) for path in folder.rglob("*.html")}
    links = 0
    for path in folder.rglob("*.html"):
        for link in read(path).xpath("//a/@href"):
            file, _, place = unquote(link).partition("#")
            there = (path.parent / file).resolve() if file else path.resolve()
            assert there in ids, link
            assert not place or place in ids[there], f"{path.name}: {link}"
            links += 1
    assert links > 100


def test_pages_need_nothing_from_outside_and_run_only_the_filter(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        page = read(path)
        policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert policy.startswith("default-src 'none'; ")
        for tag, kind in (("style", "style-src"), ("script", "script-src")):
            texts = [element.text for element in page.iter(tag)]
            hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in texts]
            assert re.findall(rf"{kind} 'sha256-([^']+)'", policy) == hashes
        assert len(list(page.iter("script"))) == (path.name == "index.html")
        assert not page.xpath("//*[@style or starts-with(name(@*), 'on')]")
        assert not page.xpath("//link | //img | //iframe | //form")
    filters = read(folder / "index.html").find_class("filter")
    assert [box.get("hidden") is not None for box in filters] == [True, True]  # until the script is there


def test_the_page_of_the_fleet_tells_who_is_worst_who_is_silent_and_what_was_covered(
    tmp_path: Path, sample_run: Run, silent_run: Run, make_run: MakeRun, make_result: MakeResult
) -> None:
    good = named(make_run([make_result(state=State.PASS)], started="2026-11-20T14:00:00Z"), "a-good-one")
    known = {"poste-099": "2026-11-18T14:00:00Z"}
    write(tmp_path, good, silent_run, sample_run, generated="2026-11-25T14:00:00Z", head="a3f5", answered=known)
    page = read(tmp_path / "index.html")
    assert "1 of 3 hosts with open findings (3 critical, 1 high)." in words_of(page)
    rows = [cells_of(row) for row in page.get_element_by_id("host-rows")]
    assert [row.split()[:2] for row in rows] == [
        ["fail", "poste-042.lyon.example"], ["pass", "a-good-one"], ["silent", "poste-099"],
    ]  # fmt: skip
    assert "centre-lyon · Debian GNU/Linux 13 (trixie), workstation" in rows[0]
    assert rows[0].endswith(" 3 1 0 0 0 2 3 72% 1 hour ago")
    assert rows[1].endswith("5 days ago")
    (silent,) = [cells_of(row) for row in page.get_element_by_id("silent").xpath(".//tbody/tr")]
    assert silent == "poste-099 local the endpoint did not answer last answer 7 days ago"
    assert "a-good-one 5 days ago" in words_of(page.get_element_by_id("old"))
    first = page.get_element_by_id("checks").xpath(".//tbody/tr")[0]
    assert cells_of(first).startswith("DSK-01 ")
    assert cells_of(first).endswith(" critical 1  0 0 1 0 0 50%")
    groups = [cells_of(row) for row in page.get_element_by_id("summary").xpath(".//tbody/tr")]
    assert groups[0] == "centre-lyon 1 1 3 1 0 0 0 0 72%"
    assert "Head of the chaina3f5" in "".join(words_of(page.get_element_by_id("facts")).split("\n"))
    bar = page.xpath("//svg[@class='bar']")[0]
    assert sum(int(rect.get("width")) for rect in bar.iter("rect")) == 3


def test_the_page_of_a_check_tells_of_each_host_once(folder: Path) -> None:
    page = read(folder / "checks" / "DSK-01.html")
    links = [link for link in page.xpath("//a/@href") if "hosts/" in link]
    assert links == [
        "../hosts/poste-042.lyon.example.html#r1-DSK-01",
        "../hosts/poste-100.html#r1-DSK-01",
    ]
    assert "poste-099" not in words_of(page)  # it was silent: the fleet's page names it, and this one counts it
    assert page.get_element_by_id("k-not_checked").getnext().xpath("a/@href") == ["../index.html"]
    failing = words_of(page.get_element_by_id("k-fail").getparent())
    assert "/srv/enregistrements: /dev/sdb1 (ext4), clear" in failing
    assert "32(1)(b)" in words_of(page)
    assert words_of(variants_of(page)[0]).startswith("Varia")
    waived = words_of(read(folder / "checks" / "ACC-01.html").get_element_by_id("k-waived").getparent())
    assert "Borne d’accueil sans clavier" in waived


def test_the_page_of_a_host_keeps_evidence_and_leaves_statements_to_the_check(folder: Path, sample_run: Run) -> None:
    page = read(folder / "hosts" / "poste-042.lyon.example.html")
    assert "/srv/enregistrements" in words_of(page.get_element_by_id("r1-DSK-01"))
    assert not page.xpath("//pre")
    places = {f"r1-{result.check}" for result in sample_run.results}
    assert places <= set(page.xpath("//@id"))
    assert page.xpath("//p[@class='back']/a/@href") == ["../index.html", "../waivers.html"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_pass_says_what_the_check_did_not_look_at(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, language: str
) -> None:
    lines = (Text("No <b>other</b> tables.", "Pas d’autres tables."), Text("No containers.", "Pas de conteneurs."))
    passed = make_result(state=State.PASS, not_examined=lines)
    whole = make_result(check="FWL-02", state=State.PASS, complete=Text("one file", "un fichier"))
    write(tmp_path, named(make_run([passed, whole]), "h-1"), language=language)
    told = "Non examiné" if language == "fr" else "Not examined"
    page = read(tmp_path / "checks" / "FWL-01.html")
    assert [line.text_content() for line in page.xpath(f"//dt[.='{told}']/../dd//li")] == [
        line.get(language) for line in lines
    ]
    page = read(tmp_path / "checks" / "FWL-02.html")
    said = "rien : un fichier" if language == "fr" else "nothing: one file"
    assert [words_of(line) for line in page.xpath(f"//dt[.='{told}']/../dd")] == [said]
    page = read(tmp_path / "hosts" / "h-1.html")
    assert page.xpath(f"//details[@id='r1-FWL-01']//dt[.='{told}']/../dd//a/@href") == ["../checks/FWL-01.html#about-t"]


def test_statements_are_told_once_a_variant_and_of_too_many_on_the_hosts_page(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    count = VARIANTS + 2
    runs = [named(make_run([make_result(sql={"query": f"SELECT {n}"})]), f"h-{n}") for n in range(count)]
    write(tmp_path, *runs, runs[0])
    page = read(tmp_path / "checks" / "FWL-01.html")
    assert len(page.xpath("//pre")) == VARIANTS
    assert words_of(variants_of(page)[0]) == "Variant 1, on 2 hosts"
    assert words_of(read(tmp_path / "hosts" / f"h-{count - 1}.html").xpath("//pre")[0]) == f"SELECT {count - 1}"
    assert not read(tmp_path / "hosts" / "h-0.html").xpath("//pre")


def test_parameters_in_force_are_told_once_a_variant_and_beside_each_finding(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult
) -> None:
    def host(name: str, days: int, state: State) -> Run:
        result = make_result(state=state, parameters={"max_age_days": days, "mounts": ["/a", "<b>"]})
        return named(make_run([result]), name)

    write(tmp_path, host("good", 30, State.PASS), host("other", 90, State.PASS), host("bad", 30, State.FAIL))
    check = read(tmp_path / "checks" / "FWL-01.html")
    for number, days, hosts in ((1, 30, "2 hosts"), (2, 90, "1 host")):
        title = variants_of(check)[number - 1]
        assert words_of(title) == f"Variant {number}, on {hosts}"
        assert f'max_age_days = {days}mounts = ["/a", "<b>"]' in words_of(title.getnext())
    for name, number in (("good", 1), ("other", 2), ("bad", 1)):
        page = read(tmp_path / "hosts" / f"{name}.html")
        assert f"../checks/FWL-01.html#{variants_of(check)[number - 1].get('id')}" in page.xpath("//a/@href")
        assert ("max_age_days = 30" in words_of(page)) == (name == "bad")


def test_pages_of_an_earlier_report_go_and_files_of_others_stay(
    tmp_path: Path, sample_run: Run, silent_run: Run
) -> None:
    write(tmp_path, sample_run, silent_run)
    (tmp_path / "hosts" / "notes.html").write_text("mine")
    (tmp_path / "robots.txt").write_text("mine")
    write(tmp_path, silent_run)
    assert pages_in(tmp_path) == [
        "checks/DSK-01.html", "checks/FWL-01.html", "hosts/notes.html", "hosts/poste-099.html", "index.html",
        "robots.txt",
    ]  # fmt: skip


def test_one_run_and_none_are_fleets_too(tmp_path: Path, sample_run: Run, make_run: MakeRun) -> None:
    write(tmp_path / "one", sample_run)
    assert "1 of 1 host with open findings" in words_of(read(tmp_path / "one" / "index.html"))
    write(tmp_path / "none")
    assert "No host was asked." in words_of(read(tmp_path / "none" / "index.html"))
    write(tmp_path / "empty", make_run([]))
    assert "v-bad" in read(tmp_path / "empty" / "index.html").get_element_by_id("r1-verdict").get("class", "")


def test_hosts_of_any_name_have_a_page_inside(tmp_path: Path, silent_run: Run) -> None:
    names = ["../../up", "/etc/passwd", "a b", "A B", "con", "", "é"]
    place = tmp_path / "deep" / "fleet"
    write(place, *(named(silent_run, name) for name in names))
    assert len([page for page in pages_in(place) if page.startswith("hosts/")]) == len(names)
    assert pages_in(tmp_path) == [f"deep/fleet/{page}" for page in pages_in(place)]
    links = read(place / "index.html").get_element_by_id("host-rows").xpath(".//a/@href")
    assert sorted(links) == [page for page in pages_in(place) if page.startswith("hosts/")]


def shape_of(folder: Path) -> list[list[tuple[str, list[str]]]]:
    pages = [
        folder / "index.html",
        folder / "waivers.html",
        *sorted(folder.glob("hosts/*.html")),
        *sorted(folder.glob("checks/BAD-*.html")),
    ]
    return [[(str(element.tag), sorted(element.attrib)) for element in read(page).iter()] for page in pages]


@given(
    st.lists(
        st.sampled_from(['"', "'", "<", ">", "&", "</style>", "<script>", "-->", "{{", "x"]), min_size=1, max_size=6
    ).map("".join)
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_changes_the_structure(tmp_path: Path, poison_run: Callable[[str], Run], poison: str) -> None:
    for name, text in (("poison", poison), ("plain", "x")):
        run = poison_run(text)
        write(tmp_path / name, run._replace(results=run.results[:7]))
    assert shape_of(tmp_path / "poison") == shape_of(tmp_path / "plain")


def test_hostile_text_is_shown_as_text_and_harmless_in_a_log(tmp_path: Path, hostile_run: Run) -> None:
    write(tmp_path, hostile_run)
    for path in tmp_path.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert text.count("<script") == (path.name == "index.html")
        for command in ("##vso[", "##teamcity[", "[[attachment|", "::error"):
            assert command not in text.lower()
        assert not any(ord(c) < 32 and c not in "\n\t" for c in text)
    assert "<script>alert(1)</script>" in words_of(read(tmp_path / "index.html"))


def test_memory_does_not_grow_with_evidence(tmp_path: Path, make_run: MakeRun, make_result: MakeResult) -> None:
    def runs(count: int) -> Iterator[Run]:
        for n in range(count):
            rows = [{"item": f"{n}-{i}" * 50, "observed": "x", "expected": "y", "ok": "0"} for i in range(10)]
            results = [make_result(check=f"X-{i}", evidence=Evidence(rows, 10, 0, 0)) for i in range(10)]
            yield make_run(results, target=TargetIdentity(f"host-{n}"))

    def peak(count: int) -> int:
        tracemalloc.start()
        load_directory("html").write_directory(str(tmp_path), runs(count), Options())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is kept for good is kept now
    # The evidence of 200 hosts more would be 14 MB. What waits for the garbage collector is some 3 MB, as it happens.
    assert peak(210) < peak(10) + 7_000_000


def test_a_place_that_cannot_be_is_a_clear_error(tmp_path: Path, sample_run: Run) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write into"):
        write(tmp_path / "file", sample_run)


def test_nothing_fails_is_not_said_beside_hosts_that_gave_no_answer(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, silent_run: Run
) -> None:
    fine = named(make_run([make_result(state=State.PASS)]), "fine")
    write(tmp_path, fine, silent_run)
    assert "Nothing fails" not in words_of(read(tmp_path / "index.html"))
    write(tmp_path, fine)
    assert "Nothing fails" in words_of(read(tmp_path / "index.html"))


@pytest.mark.parametrize(("language", "first"), [("en", "First look at it"), ("fr", "Regarder d’abord")])
def test_the_page_of_a_check_tells_the_steps_of_each_system_there_is(
    tmp_path: Path, make_run: MakeRun, make_result: MakeResult, language: str, first: str
) -> None:
    plain = make_result()
    runs = []
    for system in ("debian", "windows"):
        steps = ((system, (Step(Text("First look at it", "Regarder d’abord")), Step(command=f"fix --{system} <b>"))),)
        fixed = plain.remediation._replace(steps=steps)
        runs.append(named(make_run([plain._replace(remediation=fixed)]), system))
    write(tmp_path, *runs, runs[0], language=language)
    told = read(tmp_path / "checks" / "FWL-01.html").get_element_by_id("about-t").getparent()
    assert [block.text_content() for block in told.xpath(".//pre")] == ["fix --debian <b>", "fix --windows <b>"]
    assert words_of(told).count(first) == 2
    assert "Windows" in words_of(told)
