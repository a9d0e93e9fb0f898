"""Markdown for a CI job's summary: text from a machine stays text in every renderer."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rempart_core.model.check import Severity, Step
from rempart_core.model.result import Evidence, Result, Run
from rempart_core.text import Text
from rempart_reports.formats.markdown import LIMIT, Report
from rempart_reports.views.options import Options
from rempart_reports.writing.evidence import show
from rempart_reports.writing.markdown_text import write_code, write_prose


def written(*runs: Run, **options: object) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def tokens_of(text: str) -> list[Token]:
    """Read Markdown as GitHub does: tables, strikethrough, bare addresses become links."""
    reader = MarkdownIt("commonmark", {"linkify": True, "html": True}).enable(["table", "strikethrough", "linkify"])
    return reader.parse(text)


def inline_of(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def text_of(tokens: list[Token]) -> str:
    return "".join(child.content for child in inline_of(tokens) if child.type in {"text", "code_inline"})


def test_the_summary_says_first_what_matters(sample_run: Run) -> None:
    text = written(sample_run)
    order = [
        "# Security audit report: `poste-042.lyon.example`",
        "**4 findings are open (3 critical, 1 high). The audit is incomplete: 4 checks could not be judged.**",
        "| critical | high | medium | low | info | error | waived | known | not checked | not applicable | pass |",
        "| 3 | 1 | 0 | 0 | 0 | 2 | 1 | 1 | 3 | 1 | 7 |",
        "## Findings",
        "| critical | **DSK-01** Every data-bearing volume is encrypted | `/srv/enregistrements: /dev/sdb1 (ext4)",
        "**FWL-01**",
        "**PAT-01**",
        "and 295 more",
        "**LCK-01**",
        "## How to fix it",
        "\n**LCK-01** ",
        "Lock `/org/gnome/desktop/session/idle-delay` at 600 in a dconf profile.\n",
        "## Could not be judged",
        "**AVM-03**",
        "## Waived",
        "until 31 December 2026 (Europe/Paris): Borne d’accueil",
        "## Known since the baseline",
        "## Not checked",
        "- needs root: DSK-02, PRV-02",
        "## Not applicable",
        "## Left out by the profile",
        "## Passed (7)",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_french(sample_run: Run) -> None:
    text = written(sample_run, language="fr")
    assert "# Rapport d’audit de sécurité\u00a0: `poste-042.lyon.example`" in text
    assert "| critique | **FWL-01** Le pare-feu local filtre les flux entrants, IPv4 et IPv6 |" in text


def test_commands_of_a_fix_stand_in_fences_that_they_cannot_end(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    steps = (("debian", (Step(Text("First this.", "D’abord ceci.")), Step(command="cat > f <<'END'\n```\nEND"))),)
    result = make_result(remediation=make_result().remediation._replace(steps=steps))
    text = written(make_run([result]))
    assert "First this.\n\n````sh\ncat > f <<'END'\n```\nEND\n````\n" in text
    assert "Allow the management address" not in text


def structure_of(tokens: list[Token]) -> list[tuple[str, str]]:
    return [(token.type, token.tag) for token in tokens if token.type != "inline"]


_PIECES = [
    "`",
    "``",
    "|",
    "\\",
    "*",
    "_",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "<",
    ">",
    "&",
    "#",
    "@",
    "~~",
    "---",
    "www.",
    "http://",
    "https://evil.example",
    "mailto:a@b.example",
    "<b>",
    "<!--",
    "&lt;",
    "a",
    "::error::",
    "##vso[",
    "$",
    ":smile:",
    "=",
    "+",
]
_PIECES += ["\n", " ", "1. ", "- ", "> ", "    ", "\t"]
_NASTY = st.lists(st.sampled_from(_PIECES) | st.characters(), min_size=1, max_size=10).map("".join)


@given(_NASTY)
def test_no_text_changes_the_structure_nor_becomes_markup(poison_run: Callable[[str], Run], poison: str) -> None:
    assume(show(poison, "en").split())
    tokens = tokens_of(written(poison_run(poison)))
    assert structure_of(tokens) == structure_of(tokens_of(written(poison_run("x"))))
    allowed = {"text", "code_inline", "strong_open", "strong_close", "em_open", "em_close", "html_inline", "softbreak"}
    for child in inline_of(tokens):
        assert child.type in allowed, child
        assert child.type != "html_inline" or child.content == "<br>"


@given(_NASTY)
def test_a_code_span_shows_the_text_itself(text: str) -> None:
    line = show(text, "en").strip()
    assume(line)
    spans = inline_of(tokens_of(f"a {write_code(text, 'en')} b"))
    assert [span.type for span in spans] == ["text", "code_inline", "text"]
    assert spans[1].content.strip() == line.replace("|", "│").strip()


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Lock the screen, after 5 minutes (at most).", "Lock the screen, after 5 minutes (at most)."),
        ("L’écran se verrouille : « bien »", "L’écran se verrouille : « bien »"),
        ("see /etc/ssh/sshd_config.d", "see `/etc/ssh/sshd_config.d`"),
        ("ask @admin about (#12), GH-7 or !3", "ask `@admin` about (`#12`), `GH-7` or `!3`"),
        ("www.evil.example a@b.example", "`www.evil.example` `a@b.example`"),
        ("fixed by 7c99ded1f0", "fixed by `7c99ded1f0`"),
        ("1. not a list, 2. nor this", "`1`. not a list, 2. nor this"),
        ("required = 0", "required = 0"),
        ("= 0", "`=` 0"),
        ("- nor this", "`-` nor this"),
        (":smile:", "`:smile`:"),
        ("run `ufw enable` (or `nft -f x`), then look", "run `ufw enable` (or `nft -f x`), then look"),
        ("`a``b` /etc/`c`", "`a` `b` `/etc/` `c`"),
        ("one ` alone", "one `` ` `` alone"),
        ("owner of /etc/passwd, root:root.", "owner of `/etc/passwd`, `root:root`."),
    ],
)
def test_words_stay_words_and_the_rest_is_code(text: str, prose: str) -> None:
    assert write_prose(text, "en") == prose


def test_hostile_text_is_shown_and_harmless(hostile_run: Run) -> None:
    tokens = tokens_of(written(hostile_run))
    assert "<script>alert(1)</script>" in text_of(tokens)
    text = written(hostile_run).lower()
    assert "##vso[" not in text
    assert "[[attachment|" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_it_stays_under_1_mib_and_says_what_is_missing(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    rows = [{"item": "é" * 500, "observed": "é" * 500, "expected": "x", "ok": "0"} for _ in range(5)]
    big = make_result(severity=Severity.LOW, evidence=Evidence(rows, 5, 0, 0))
    results = [big._replace(check=f"BIG-{n}") for n in range(500)]
    worst = make_result(check="WORST-1", title=Text("The worst", "Le pire"))
    text = written(make_run([*results, worst]))
    assert LIMIT // 2 < len(text.encode()) < LIMIT
    assert "WORST-1" in text
    shown = text.count("**BIG-")
    assert 0 < shown < 500
    assert f"The report is cut here at 1 MB: {500 - shown} results not shown." in text
    assert text_of(tokens_of(text)).endswith("The HTML and JSON reports hold everything.")
