"""What the terminal says of a fleet: worst first, as long as a screen bears, and what a store adds."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from unittest.mock import Mock

import pytest

from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import EngineIdentity, Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text
from rempart_reports.views.drift import Change, Drift
from rempart_reports.views.fleet_terminal import Summary

NOTHING = Text("", "")


def result_of(state: State, severity: Severity = Severity.HIGH, failure: str = "") -> Result:
    reason = Text("no route to host", "pas de route vers la machine")
    title = Text("A firewall runs", "Un pare-feu tourne")
    fix = Remediation("firewall", "none", NOTHING)
    return Result("FWL-01", 1, title, "firewall", severity, state, reason, NOTHING, fix, {}, failure=failure)


def run_of(name: str, *results: Result) -> Run:
    moment = "2026-11-25T13:00:00Z"
    engine = EngineIdentity("embedded", "0.1.0", "root", privileged=True)
    return Run(TargetIdentity(name, "host"), engine, "server", "all", moment, moment, list(results))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return what prints; it is three days after the answers of :func:`run_of`."""
    monkeypatch.setattr("rempart_reports.views.fleet_terminal.time", Mock(time=lambda: 1795883000.0))

    def say(*runs: Run, language: str = "en", **more: object) -> list[str]:
        summary = Summary(Severity.LOW, language)
        for number, run in enumerate(runs):
            summary.add(number, run)
        out = io.StringIO()
        summary.print(out, **more)  # type: ignore[arg-type]
        return out.getvalue().splitlines()

    return say


def test_the_worst_come_first_and_the_sum_tells_coverage(said: Callable[..., list[str]]) -> None:
    lines = said(
        run_of("good", result_of(State.PASS)),
        run_of("part", result_of(State.ERROR)),
        run_of("mute", result_of(State.NOT_CHECKED, failure="silent")),
        run_of("bad", result_of(State.FAIL)),
        run_of("worst", result_of(State.FAIL, Severity.CRITICAL)),
    )
    hosts = lines[1 : lines.index("")]
    assert [line.split()[0] for line in hosts] == ["worst", "bad", "mute", "part", "good"]
    assert hosts[2].endswith("no route to host")
    assert "Coverage: 60% of the checks that apply were judged." in lines


def test_each_check_has_one_line_of_evidence_and_the_end_says_where_to_start(said: Callable[..., list[str]]) -> None:
    row = {"item": "IPv4", "observed": "no chain\nfilters \x1b[31m " + "x" * 99, "expected": "refused", "ok": "0"}
    seen = result_of(State.FAIL)._replace(evidence=Evidence([{**row, "ok": "1"}, row], 1, 0, 1))
    lines = said(run_of("a", seen), run_of("b", result_of(State.FAIL, Severity.CRITICAL)))
    (line,) = [one for one in lines if "IPv4" in one]
    assert line.startswith("      a: IPv4: · expected: refused no chain filters ")
    assert len(line) <= 80
    assert line.endswith("…")
    assert "\x1b" not in line
    assert "2 findings (1 critical, 1 high)" in lines
    assert lines[-3:] == [
        "Start with:",
        "  FWL-01  A firewall runs (2 hosts)",
        "Next: rempart plan -i INVENTORY",
    ]
    assert not any(line.startswith("Start with") for line in said(run_of("good", result_of(State.PASS))))


def test_whichever_host_answers_first_the_same_is_said() -> None:
    """Two reports of one fleet can be compared line by line."""
    texts = set()
    for order in ((0, 1, 2, 3, 4, 5, 6), (6, 3, 5, 1, 0, 2, 4)):
        summary, out = Summary(Severity.LOW, "en"), io.StringIO()
        for number in order:
            row = {"item": f"item {number}", "observed": "open", "expected": "shut", "ok": "0"}
            failed = result_of(State.FAIL)._replace(evidence=Evidence([row], 1, 0, 0))
            summary.add(number, run_of(f"h{number}", failed))
        summary.print(out)
        texts.add(out.getvalue())
    (text,) = texts
    assert "7 of 7 hosts: h0, h1, h2, h3, h4" in text
    assert "h0: item 0: open" in text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "1 critical, 1 high; 1 not judged"),
        ("fr", "1 critique, 1 élevée\u202f; non jugées\u00a0: 1"),
    ],
)
def test_a_host_tells_its_severities_and_all_fits_into_80_columns(
    said: Callable[..., list[str]], language: str, told: str
) -> None:
    results = (
        result_of(State.FAIL, Severity.CRITICAL), result_of(State.FAIL, Severity.HIGH), result_of(State.ERROR),
    )  # fmt: skip
    run = run_of("h", *results)
    mute = run_of("mute-" + "x" * 90, result_of(State.NOT_CHECKED, failure="silent"))
    places = ("/srv/reports/night", "/srv/" + "y" * 70)
    lines = said(
        run, mute, *[run_of("a-name" * 6 + str(n), *results) for n in range(9)], language=language, reports=places
    )
    assert told in re.sub("[ \n]+", " ", "\n".join(lines))
    assert max(map(len, lines)) <= 80
    whole = "".join(line.strip() for line in lines)
    assert "/srv/reports/night" in whole
    assert places[1] in whole


def test_a_large_fleet_is_no_endless_list(said: Callable[..., list[str]]) -> None:
    good = [run_of(f"good-{n}", result_of(State.PASS)) for n in range(2000)]
    lines = said(*good, run_of("bad", result_of(State.FAIL)))
    assert len(lines) < 70
    assert lines[1].split()[0] == "bad"
    assert "  … and 1950 more with nothing open" in lines


@pytest.mark.parametrize(
    ("language", "words"), [("en", "open since 2026-11-20"), ("fr", "ouverte depuis le 2026-11-20")]
)
def test_a_store_adds_since_when_and_what_changed(said: Callable[..., list[str]], language: str, words: str) -> None:
    change = Change(
        "worse",
        "bad",
        "FWL-01",
        Text("A\x1b[31m firewall", "Un pare-feu"),
        Severity.HIGH,
        State.PASS,
        State.FAIL,
        ("eve",),
    )
    drift = Drift("2026-11-24T02:31:00Z", {"bad": (change,)}, 2, {"mute": "fallen_silent"})
    oldest = {"FWL-01": "2026-11-20T02:31:00Z"}
    lines = said(run_of("bad", result_of(State.FAIL)), language=language, oldest=oldest, drift=drift)
    text = "\n".join(lines)
    assert words in text
    assert "bad (eve)" in text
    assert "\x1b" not in text
    worse, silent = (
        ("Got worse", "Fell silent: mute") if language == "en" else ("S’est dégradé", "Devenues sans réponse")
    )
    assert text.index(worse) < text.index(silent)


def test_without_a_store_nothing_is_claimed(said: Callable[..., list[str]]) -> None:
    text = "\n".join(said(run_of("bad", result_of(State.FAIL))))
    assert "since" not in text.lower()


def test_a_long_name_moves_no_other_host_out_of_its_line(said: Callable[..., list[str]]) -> None:
    many = [result_of(State.FAIL, severity) for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)]
    long = "db-01.production.internal.example.org"
    runs = [run_of(name, *many, *[result_of(State.ERROR)] * 10) for name in ("web-01", long)]
    lines = said(*runs)
    assert "  web-01  1 critical, 1 high, 1 medium; 10 not judged (3 days ago)" in lines
    assert any(line.startswith(f"  {long}  1 critical") for line in lines)


def test_as_many_hosts_of_a_finding_are_named_as_one_line_holds(said: Callable[..., list[str]]) -> None:
    lines = said(*(run_of(f"poste-accueil-{number:02}", result_of(State.FAIL)) for number in range(6)))
    named = "      6 of 6 hosts: poste-accueil-00, poste-accueil-01, and 4 more"
    assert any(line.startswith(named) for line in lines)
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("language", "on", "own", "total"),
    [
        ("en", "1 of 2 hosts: a", "in the organisation: Example", "Hosts: 2 and the organisation. "),
        (
            "fr",
            "sur 1 des 2 machines\u00a0: a",
            "dans l’organisation\u00a0: Example",
            "Machines\u00a0: 2 et l’organisation. ",
        ),
    ],
)
def test_the_organisation_is_no_host(
    said: Callable[..., list[str]], language: str, on: str, own: str, total: str
) -> None:
    gap = result_of(State.FAIL)._replace(check="ORG-01")
    organisation = run_of("Example", gap)
    organisation = organisation._replace(target=organisation.target._replace(platform="organisation"))
    lines = said(
        run_of("a", result_of(State.FAIL)), run_of("b", result_of(State.PASS)), organisation, language=language
    )
    assert f"      {on}" in lines
    assert f"      {own}" in lines
    assert any(line.startswith(total) for line in lines)
    assert not any("of 3" in line or "des 3" in line for line in lines)
    assert any(line.startswith("  ORG-01") and "organisation)" in line for line in lines)
