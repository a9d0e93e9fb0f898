from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import ask, fill

from rempart_controller.dossier.outputs import expect_libraries, write_outputs
from rempart_controller.dossier.request import ReportRequest
from rempart_core.error import UsageError


def test_what_is_asked_for_is_written_and_the_same_again(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    page = tmp_path / "r.html"
    texts = []
    for _ in range(2):
        request = ReportRequest(place, files={"html": str(page)}, language="fr")
        assert write_outputs(request, *ask(place)) == [str(page)]
        texts.append(page.read_bytes())
    assert texts[0] == texts[1]
    assert b'<html lang="fr">' in texts[0]


def test_a_library_that_is_missing_is_named_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(UsageError, match="libpango"):
        expect_libraries(ReportRequest("nowhere", files={"pdf": "r.pdf"}))
    expect_libraries(ReportRequest("nowhere", files={"html": "r.html"}))
