from __future__ import annotations

import re
from pathlib import Path

import pytest
from rempart_testing.dossier import make_dossier

from rempart_reports.views.dossier.page import document_of

BANNED = re.compile(r"\b(compliant|conformes?)\b", re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_part_of_the_report_claims_to_be_a_certificate(tmp_path: Path, language: str) -> None:
    dossier = make_dossier(tmp_path, sample=2, frameworks=("gdpr", "iso-27001-2022", "pci-dss-4.0.1"))
    assert BANNED.findall(str(document_of(dossier, language))) == []


def test_the_french_report_has_no_part_in_english(tmp_path: Path) -> None:
    dossier = make_dossier(tmp_path, sample=2)
    english, french = (document_of(dossier, language) for language in ("en", "fr"))
    titles = [{section.title for section in document.parts} for document in (english, french)]
    assert titles[0] & titles[1] == set()
    assert len(english.parts) == len(french.parts)
    words = r"\b(the|of|and|with|not|until|hosts?|findings?)\b"
    told = re.sub(r"title of|HEAD HOST", "", str(french))
    for one in dossier.content.frameworks.values():
        told = told.replace(one.version, "")  # as its publisher names it
    assert re.findall(words, told, re.IGNORECASE) == []
