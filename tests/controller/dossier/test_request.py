from __future__ import annotations

from rempart_controller.dossier.request import ReportRequest


def test_a_request_asks_for_nothing_but_what_is_given() -> None:
    request = ReportRequest("s.db")
    assert (request.registers, request.files, request.folders, request.sql, request.sample) == ("", {}, {}, False, 0)
