"""An incident as a page: state, clocks, timeline and draft; damage and what is overdue come first."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from rempart_controller.commands.main import main
from rempart_controller.incident.document import document_of
from rempart_controller.incident.folder import find
from rempart_controller.incident.incident_state import Standing
from rempart_core.messages.message import Message
from rempart_reports.formats.html.document import lay_out

HOUR = 3600


def told(found: Standing, language: str, now: int) -> str:
    page = lxml.html.document_fromstring("".join(lay_out(document_of(found, language, now, None), language)))
    return " ".join(page.text_content().replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("web-1 is open.", "a strange process", "GDPR art. 33", "70 h 00 min left", "Anna", "one",
                "Bruno", "Timeline",
                "Draft of the notification", "[MISSING: what happened")),
        ("fr", ("web-1 : ouvert.", "RGPD art. 33", "il reste 70 h 00 min", "Chronologie", "Projet de notification",
                "[À COMPLÉTER")),
    ],
)  # fmt: skip
def test_it_tells_how_it_stands_until_when_and_who_did_what(
    folder: Path, language: str, parts: tuple[str, ...]
) -> None:
    assert folder.exists()
    found = find("web-1")
    said = told(found, language, found.aware + 2 * HOUR)
    for part in parts:
        assert part in said, part


def test_damage_and_what_is_overdue_come_first(opened: Standing) -> None:
    fault = Message("incident.other_signer", signer="x")
    assert document_of(opened, "en", opened.aware, fault).remarks[0].startswith("The record is damaged")
    late = document_of(opened, "en", opened.aware + 100 * HOUR, None)
    assert (late.level, late.remarks) == ("bad", ("A deadline has passed.",))


def test_the_command_writes_the_page_and_prints_what_it_prints(
    opened: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["incident", "show", "web-1", "--html", str(tmp_path / "page.html")]) == 0
    assert opened.incident in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "TIMELINE" in capsys.readouterr().out
    assert main(["incident", "show", "web-1", "--html", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("<!doctype html>")
    assert "TIMELINE" not in out
