"""The report on a terminal and in a pipe."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.model.check import Severity
from rempart_core.model.result import Evidence, Result, Run, State
from rempart_reports.formats.terminal import print_run, write
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import flow
from rempart_reports.writing.terminal_layout import measure


def printed(run: Run, **options: object) -> str:
    out = io.StringIO()
    print_run(run, out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def test_findings_come_by_area_worst_first_then_errors_then_what_was_accepted_or_not_looked_at(sample_run: Run) -> None:
    text = printed(sample_run)
    order = [
        "DISK ENCRYPTION",
        "DSK-01",
        "FIREWALL",
        "FWL-01",
        "PATCH STATUS",
        "PAT-01",
        "SCREEN LOCK",
        "LCK-01",
        "COULD NOT BE JUDGED",
        "AVM-03",
        "PAT-05",
        "WAIVED",
        "ACC-01",
        "KNOWN SINCE THE BASELINE",
        "RMT-03",
        "NOT CHECKED",
        "needs root: DSK-02, PRV-02",
        "NOT APPLICABLE",
        "LCK-04",
        "LEFT OUT BY THE PROFILE",
        "AVM-05",
        "PASSED (7)",
        "19 checks: 4 findings (3 critical, 1 high), 2 errors, 1 waived, 1 known, 3 not checked, ",
        "4 findings are open (3 critical, 1 high). The audit is incomplete: 4 checks could not be judged.",
    ]
    text = text[text.index(order[0]) :]  # above it stands what makes the run say less than the checks
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_a_finding_shows_what_was_seen_and_what_was_expected(sample_run: Run) -> None:
    text = printed(sample_run)
    assert "  ✗ critical  FWL-01  Host firewall filters incoming traffic, IPv4 and IPv6\n" in text
    assert "ip input filtering: no input chain (expected: drop or reject unless allowed)\n" in text
    assert "Fix: Allow the management address first" in text
    assert "waiver expired on 30 September 2026 (Europe/Paris): Moved to the new server" in text
    assert "waived until 31 December 2026 (Europe/Paris): Borne d’accueil" in text
    assert "RSSI, A. Diallo" in text


def test_of_sources_that_disagree_both_are_shown_with_what_each_says(sample_run: Run) -> None:
    text = printed(sample_run)
    assert "            ✓ reboot-required: absent (expected: absent)\n" in text
    assert "            ✗ Second witness: kernel: 6.12.38 runs" in text


def test_a_pipe_gets_every_row_that_was_kept_and_a_terminal_the_first_ones(sample_run: Run) -> None:
    assert printed(sample_run).count("libcrypto") == 50
    assert "and 250 more" in printed(sample_run)
    assert printed(sample_run, width=200).count("libcrypto") == 8
    assert "and 292 more" in printed(sample_run, width=200)
    assert printed(sample_run, width=200, verbose=True).count("libcrypto") == 50


def test_passes_are_a_count_and_names_with_evidence_when_asked(sample_run: Run) -> None:
    assert "AVM-01" not in printed(sample_run)
    text = printed(sample_run, verbose=True)
    assert "✓ critical  AVM-01  An anti-malware product is installed and running" in text
    assert "clamav-daemon.service: active" in text


def test_french_is_french_with_its_spaces(sample_run: Run) -> None:
    text = printed(sample_run, language="fr")
    assert "CHIFFREMENT DES DISQUES" in text
    assert "✗ critique  FWL-01  Le pare-feu local filtre les flux entrants, IPv4 et IPv6" in text
    assert "25 novembre 2026 à 13\u00a0h\u00a000\u00a0UTC" in text
    assert "(attendu\u00a0: drop or reject unless allowed)" in text
    assert "19 vérifications\u00a0: 4 non-conformités (3 critiques, 1 élevée), 2 erreurs, 1 dérogation" in text


@pytest.mark.parametrize("width", [20, 40, 80, 133])
def test_no_line_is_wider_than_the_terminal(sample_run: Run, width: int) -> None:
    narrow = {20: 24 + 16}.get(width, width)  # below 60 columns a title keeps its lead: mark, severity, id
    for line in printed(sample_run, width=width).splitlines():
        assert measure(line) <= narrow


def test_colours_only_when_asked(sample_run: Run) -> None:
    assert "\033" not in printed(sample_run)
    assert "\033[1;31m" in printed(sample_run, color=True)


def test_a_poor_encoding_gets_plain_symbols_and_letters(sample_run: Run) -> None:
    binary = io.BytesIO()
    out = io.TextIOWrapper(binary, encoding="ascii")
    print_run(sample_run, out, Options(language="fr"))
    out.flush()
    text = binary.getvalue().decode("ascii")
    assert "  x critique  DSK-01  Tous les volumes contenant des donnees sont chiffres" in text
    assert "(attendu : an encrypted device)" in text


def test_below_the_threshold_is_said_and_nothing_open_is_good(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    low = make_result(severity=Severity.LOW)
    text = printed(make_run([low, make_result(check="X-01", state=State.PASS)]), threshold=Severity.HIGH)
    assert "Nothing is open. 1 finding below the threshold (high). The audit is complete." in text


def test_a_run_without_results_is_no_success(make_run: Callable[..., Run]) -> None:
    text = printed(make_run([]))
    assert "No check was run" in text
    assert "Nothing is open" not in text


def test_nothing_judged_is_no_success(silent_run: Run) -> None:
    text = printed(silent_run)
    assert "the endpoint did not answer: DSK-01, FWL-01" in text
    assert "Nothing could be judged. The audit is incomplete: 2 checks could not be judged." in text


def assert_harmless(text: str) -> None:
    for line in text.split("\n"):
        low = line.lower()
        assert "##[" not in low
        assert "##vso[" not in low
        assert "##teamcity[" not in low
        start = low.lstrip()
        assert not (start.startswith("::") and "::" in start[2:] and start[2:3].isascii() and start[2:3].isalpha())
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in line)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [0, 30, 80])
def test_hostile_text_is_harmless_everywhere(hostile_run: Run, language: str, width: int) -> None:
    assert_harmless(printed(hostile_run, language=language, width=width, verbose=True))


@given(
    st.lists(
        st.sampled_from(["::", "error", "##", "vso[", "[", "teamcity[", " ", "a" * 30, ":", "\r", "\n", "é", "：："])
        | st.characters(),
        max_size=12,
    ).map("".join),
    st.integers(0, 60),
)
def test_any_evidence_is_harmless_at_any_width(poison_run: Callable[[str], Run], poison: str, width: int) -> None:
    run = poison_run(poison)
    assert_harmless(printed(run._replace(results=run.results[:3]), width=width))


def test_a_huge_value_is_cut_and_says_so(make_run: Callable[..., Run], make_result: Callable[..., Result]) -> None:
    row = {"item": "x" * 100_000, "observed": "", "expected": "", "ok": "0"}
    text = printed(make_run([make_result(evidence=Evidence([row], 1, 0, 0))]))
    assert "… (99,000 more characters)" in text
    assert len(text) < 4000


def test_several_runs_stand_one_below_the_other(sample_run: Run, silent_run: Run) -> None:
    out = io.StringIO()
    write(iter([sample_run, silent_run]), out, Options())
    assert out.getvalue().index("poste-042") < out.getvalue().index("poste-099")


def test_an_instruction_of_several_lines_flows() -> None:
    assert flow("First do this;\n  then that.\n") == "First do this; then that."
