"""JSON lines: one object a result, each complete in itself."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from rempart_core.model.result import Result, Run
from rempart_reports.formats.jsonl import Report
from rempart_reports.views.options import Options


def written(*runs: Run) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(head="a3f5"))
    return out.getvalue()


def objects_of(*runs: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(*runs).splitlines()]


def test_every_result_is_an_object_with_its_evidence(sample_run: Run, silent_run: Run) -> None:
    objects = objects_of(sample_run, silent_run)
    assert len(objects) == len(sample_run.results) + 1  # what a silent host was not asked is one list
    disk = next(one for one in objects if one["check"] == "DSK-01" and one["state"] == "fail")
    assert disk["schema"] == "rempart.result/1"
    assert disk["target"] == "poste-042.lyon.example"
    assert disk["started"] == "2026-11-25T13:00:00Z"
    assert disk["open"] is True
    assert disk["evidence"][0]["item"] == "/srv/enregistrements"
    assert disk["witness"][0]["item"] == "sdb1"
    assert disk["parameters"] == {"plain_mounts": ["/boot", "/boot/efi", "/efi"]}
    assert disk["controls"]["gdpr"] == ["32(1)(b)"]
    assert (objects[-1]["failure"], objects[-1]["not_checked"]) == ("silent", "DSK-01 FWL-01")


def test_a_run_without_results_says_so(make_run: Callable[..., Run]) -> None:
    (only,) = objects_of(make_run([]))
    assert (only["state"], only["failure"]) == ("error", "no_results")


def test_hostile_text_stays_in_its_line(hostile_run: Run, make_result: Callable[..., Result]) -> None:
    text = written(hostile_run)
    assert text.isascii()
    assert "##" not in text
    assert len(text.splitlines()) == len(hostile_run.results)
