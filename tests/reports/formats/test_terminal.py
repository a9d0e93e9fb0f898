"""The report on a terminal and in a pipe."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.model.check import Remediation, Severity, Step
from rempart_core.model.result import Evidence, Result, Run, State
from rempart_core.text import Text
from rempart_reports.formats.terminal import Report, print_run
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import flow
from rempart_reports.writing.terminal_layout import measure


def printed(run: Run, **options: object) -> str:
    out = io.StringIO()
    print_run(run, out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def test_findings_come_worst_first_then_errors_then_what_was_accepted_then_the_sum(sample_run: Run) -> None:
    text = printed(sample_run)
    order = [
        "DSK-01",
        "FWL-01",
        "PAT-01",
        "LCK-01",
        "COULD NOT BE JUDGED",
        "AVM-03",
        "PAT-05",
        "WAIVED",
        "ACC-01",
        "KNOWN SINCE THE BASELINE",
        "RMT-03",
        "4 findings (3 critical, 1 high) · 2 errors · 1 waived · 1 known · 3 not checked",
        "7 passed",
        "The audit is incomplete: 4 checks could not be judged.",
        "Not checked: 2 need root: run with sudo; ",
        "Start with: DSK-01 ",
        "Next: rempart plan -i INVENTORY",
    ]
    text = " ".join(text[text.index(order[0]) :].split())  # above it stands what makes the run say less
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert text.count("3 critical") == 1


def test_what_was_not_asked_or_left_out_is_listed_when_asked(sample_run: Run) -> None:
    text = printed(sample_run, verbose=True)
    text = text[text.index("KNOWN SINCE") :]
    listed = ["NOT CHECKED", "needs root: DSK-02, PRV-02", "NOT APPLICABLE", "LCK-04", "LEFT OUT", "AVM-05", "PASSED"]
    places = [text.index(part) for part in listed]
    assert places == sorted(places)
    for heading in ("NOT CHECKED", "NOT APPLICABLE", "LEFT OUT", "PASSED"):
        assert heading not in printed(sample_run)


def test_a_finding_shows_what_was_seen_and_what_was_expected(sample_run: Run) -> None:
    text = printed(sample_run)
    assert "\n✗ critical  FWL-01  Host firewall filters incoming traffic, IPv4 and IPv6\n" in text
    assert "    ip input filtering: no input chain · expected: drop or reject unless allowed\n" in text
    assert "waiver expired on 30 September 2026 (Europe/Paris): Moved to the new server" in text
    assert "RSSI, A. Diallo" in text


def test_the_first_step_of_a_fix_stands_on_one_line_with_the_command_that_shows_all(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    words = Step(Text("Keep a console at hand, and let in what manages the machine.", "Gardez une console."))
    steps = (("debian", (words, Step(command="ufw default deny incoming"), Step(command="ufw enable"))),)
    run = make_run([make_result(remediation=Remediation("firewall", "lockout", Text("", ""), steps))])
    fix = next(line for line in printed(run).splitlines() if "Fix:" in line)
    assert fix == "    Fix: Keep a console at hand, and …  (3 steps: rempart checks show FWL-01)"
    assert "ufw" not in printed(run)
    assert "\n        ufw default deny incoming\n        ufw enable\n" in printed(run, verbose=True)
    one = Remediation("firewall", "none", Text("", ""), (("debian", (Step(command="ufw enable"),)),))
    assert "    Fix: ufw enable\n" in printed(make_run([make_result(remediation=one)]))


def test_the_end_says_where_the_reports_lie_and_an_image_has_no_plan(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    run = make_run([make_result()])
    assert "Reports: out/report.html, out/junit.xml\n" in printed(run, reports=("out/report.html", "out/junit.xml"))
    image = run._replace(target=run.target._replace(kind="root"))
    assert "Next: rempart checks show FWL-01\n" in printed(image)


def test_a_value_of_several_lines_stays_a_block(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    row = {"item": "sshd", "observed": "Match all\n  PermitRootLogin yes", "expected": "no", "ok": "0", "empty": ""}
    text = printed(make_run([make_result(evidence=Evidence([row], 1, 0, 0))]))
    assert "    sshd: · expected: no\n      Match all\n        PermitRootLogin yes\n" in text
    assert "⏎" not in text


def test_of_sources_that_disagree_both_are_shown_with_what_each_says(sample_run: Run) -> None:
    text = printed(sample_run)
    assert "    ✓ reboot-required: absent · expected: absent\n" in text
    assert "    ✗ Second witness: kernel: 6.12.38 runs" in text


def test_a_pipe_looks_like_a_terminal_and_verbose_shows_all_that_was_kept(sample_run: Run) -> None:
    assert printed(sample_run) == printed(sample_run, width=80)
    assert printed(sample_run).count("libcrypto") == 3
    assert "    + 297 more: --verbose\n" in printed(sample_run)
    assert printed(sample_run, width=200, verbose=True).count("libcrypto") == 50
    assert any(len(line) > 120 for line in printed(sample_run, verbose=True).splitlines())  # whole lines, to search in
    assert "and 250 more" in printed(sample_run, verbose=True)


def test_passes_are_a_count_and_names_with_evidence_when_asked(sample_run: Run) -> None:
    assert "AVM-01" not in printed(sample_run)
    text = printed(sample_run, verbose=True)
    assert "✓ critical  AVM-01  An anti-malware product is installed and running" in text
    assert "clamav-daemon.service: active" in text


def test_french_is_french_with_its_spaces(sample_run: Run) -> None:
    text = printed(sample_run, language="fr", width=200)
    assert "✗ critique  FWL-01  Le pare-feu local filtre les flux entrants, IPv4 et IPv6" in text
    assert "25 novembre 2026 à 13\u00a0h\u00a000\u00a0UTC" in text
    assert "· attendu\u00a0: drop or reject unless allowed" in text
    assert "4 non-conformités (3 critiques, 1 élevée) · 2 erreurs · 1 dérogation" in text
    assert "Non vérifié\u00a0: 2 demandent les droits de root\u00a0: relancez avec sudo\u202f; " in text
    assert "Commencer par\u00a0:\n  DSK-01  " in text


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
    assert "x critique  DSK-01  Tous les volumes contenant des donnees sont chiffres" in text
    assert "attendu : an encrypted device" in text


def test_below_the_threshold_is_said_and_nothing_open_is_good(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    low = make_result(severity=Severity.LOW)
    text = printed(make_run([low, make_result(check="X-01", state=State.PASS)]), threshold=Severity.HIGH)
    assert "1 finding below the threshold (high). The audit is complete." in text


def test_a_run_without_results_is_no_success(make_run: Callable[..., Run]) -> None:
    text = printed(make_run([]))
    assert "No check was run" in text
    assert "Nothing is open" not in text


def test_nothing_judged_is_no_success(silent_run: Run) -> None:
    text = printed(silent_run)
    assert "Not checked: DSK-01, FWL-01: the endpoint did not answer\n" in text
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
    text = printed(make_run([make_result(evidence=Evidence([row], 1, 0, 0))]), verbose=True)
    assert "… (99,000 more characters)" in text
    assert len(text) < 4000


def test_several_runs_stand_one_below_the_other(sample_run: Run, silent_run: Run) -> None:
    out = io.StringIO()
    Report.write(iter([sample_run, silent_run]), out, Options())
    assert out.getvalue().index("poste-042") < out.getvalue().index("poste-099")


def test_an_instruction_of_several_lines_flows() -> None:
    assert flow("First do this;\n  then that.\n") == "First do this; then that."
