"""Evidence of a check with sentences: told in the reader's language in every format, and data marked as data."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from rempart_testing.spaces import plain

from rempart_core.documents import run_document
from rempart_core.model.result import Answer, Result, Run, name_sentences
from rempart_core.model.verdict import judge_rows
from rempart_reports.formats import csv, jsonl, junit, markdown, terminal
from rempart_reports.formats.html import page
from rempart_reports.views.options import Options

SENTENCES = {
    "backup": ("last backup", "dernière sauvegarde"),
    "writable": ("{path}: everybody may write it", "{path} : tout le monde peut l’écrire"),
    "files": ("{files:file|files} seen", "{files:fichier vu|fichiers vus}"),
    "max_age": ("at most {:hours:hour|hours} old", "au plus {:hours:heure|heures}"),
    "other": ("never said", "jamais dit"),
}
COLUMNS = ("item", "observed", "expected", "ok", "path", "files", "label", "more")
HOSTILE = (
    "<script>alert(1)</script> & \"' ]]> [x](https://evil.example) \x1b[31mred \ud800 \u202egnp.exe \r\n"
    "::error::pwned\n##vso[task.complete]\n##teamcity[buildStop]\n[[ATTACHMENT|/etc/shadow]]\n{{ 7*7 }} {% raw %} \\"
)
FORMATS: dict[str, Any] = {
    "terminal": terminal,
    "markdown": markdown,
    "junit": junit,
    "html": page,
    "csv": csv,
    "jsonl": jsonl,
}


def run_with(make_result: Callable[..., Result], make_run: Callable[..., Run], path: str, **fields: Any) -> Run:
    """Return a run with one finding as the judge makes it, read back from its document."""
    values = {"hours": 26}
    one = make_result(parameters=values, sentences=SENTENCES, **fields)
    row = ("thing", "writable files", "max_age", "0", path, "1234", "backup", "left")
    verdict = judge_rows(Answer(COLUMNS, [row]), "error", wording=one.wording)
    told = name_sentences(SENTENCES, verdict.evidence, None)
    one = one._replace(evidence=verdict.evidence, reason=verdict.reason, sentences=told, witness=None)
    return run_document.read(run_document.write(make_run([one])))


def write(name: str, run: Run, language: str) -> str:
    out = io.StringIO()
    FORMATS[name].Report.write([run], out, Options(language=language, width=200, verbose=True))
    return out.getvalue().replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def told(make_result: Callable[..., Result], make_run: Callable[..., Run]) -> Run:
    return run_with(make_result, make_run, "/var/x")


def test_the_document_keeps_english_and_what_is_said(told: Run) -> None:
    (one,) = told.results
    assert one.evidence is not None
    assert one.evidence.rows[0]["observed"] == "/var/x: everybody may write it; 1,234 files seen"
    assert one.evidence.rows[0]["said"] == "backup/writable files/max_age"
    assert one.sentences == {name: SENTENCES[name] for name in ("backup", "writable", "files", "max_age")}
    assert '"other"' not in run_document.write(told)


@pytest.mark.parametrize("name", ["terminal", "markdown", "junit"])
def test_text_is_whole_in_each_language(told: Run, name: str) -> None:
    french, english = write(name, told, "fr"), write(name, told, "en")
    assert "dernière sauvegarde : /var/x : tout le monde peut l’écrire ; 1 234 fichiers vus" in french
    assert "last backup: /var/x: everybody may write it; 1,234 files seen" in english
    if name == "terminal":
        assert "· attendu : au plus 26 heures · more left" in french
    else:
        assert "(attendu : au plus 26 heures)  more=left" in french
        assert "(expected: at most 26 hours old)" in english
    for words in ("everybody", "at most", "said=", "files=", "label="):
        assert words not in french


def test_a_record_has_its_reason_in_the_language(told: Run) -> None:
    reason = "dernière sauvegarde : /var/x : tout le monde"
    assert reason in write("csv", told, "fr")
    assert plain(json.loads(write("jsonl", told, "fr"))["reason"]).startswith(reason)


def test_a_page_marks_data(told: Run) -> None:
    french = write("html", told, "fr")
    assert '<b class="item">dernière sauvegarde</b>' in french
    observed = "<code>/var/x</code> : tout le monde peut l’écrire ; 1 234 fichiers vus"
    assert f'<span class="observed">{observed}</span>' in french
    assert "au plus 26 heures" in french
    assert "left" in french
    assert "everybody" not in french


def test_a_page_says_that_evidence_without_sentences_is_english(
    make_result: Callable[..., Result], make_run: Callable[..., Run]
) -> None:
    marked = '<ul class="rows" lang="en" translate="no">'
    plain = make_run([make_result()])
    assert marked in write("html", plain, "fr")
    assert marked not in write("html", plain, "en")
    assert marked not in write("html", make_run([make_result(sentences={})]), "fr")


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_data_becomes_words_of_ours(
    make_result: Callable[..., Result], make_run: Callable[..., Run], name: str
) -> None:
    """What a machine says holds places, ids, markup and commands: it comes out as data, and cleaned."""
    data = f"max_age {{:hours:a|b}} {{files}} {HOSTILE}"
    text = write(name, run_with(make_result, make_run, data), "fr")
    for harm in ("\x1b", "\u202e", "\n::error::", "##vso[", *(("<script>",) if name in {"html", "junit"} else ())):
        assert harm not in text
    assert "26 a" not in text
    assert "26 b" not in text


def test_a_forged_document_is_shown_as_it_is(told: Run) -> None:
    (one,) = told.results
    assert one.evidence is not None
    row = {**one.evidence.rows[0], "said": "backup/nothing_such/max_age"}
    forged: Result = one._replace(evidence=one.evidence._replace(rows=[row]))
    text = write("terminal", told._replace(results=[forged]), "fr")
    assert "thing: /var/x: everybody may write it; 1,234 files seen" in text
    assert "<code>thing</code>" in write("html", told._replace(results=[forged]), "fr")
