"""What CISO Assistant's importer does with a file, played again: columns, value maps, dates, conflicts by ``ref_id``.

Facts of its source at commit f990d7b (8 August 2026), no code of it: ``backend/data_wizard/views.py``
(``FindingsAssessmentRecordConsumer``, ``SecurityExceptionRecordConsumer``, ``IncidentRecordConsumer``,
``_reconcile_compliance_requirements``) and the choices of ``backend/core/models.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

SEVERITIES = {"info": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}
FINDING_STATES = {
    "identified", "confirmed", "dismissed", "assigned", "in_progress", "mitigated", "resolved", "closed", "deprecated",
}  # fmt: skip
EXCEPTION_STATES = {"draft", "in_review", "approved", "resolved", "expired", "deprecated"}
INCIDENT_STATES = {"new", "ongoing", "resolved", "closed", "dismissed"}
INCIDENT_SEVERITIES = {"critical": 1, "major": 2, "moderate": 3, "minor": 4, "low": 5}
DETECTIONS = {"internal", "external"}
PROGRESS = {"to_do", "in_progress", "in_review", "done"}
RESULTS = {"not_assessed", "partially_compliant", "non_compliant", "compliant", "not_applicable"}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LENGTHS = {"ref_id": 100, "name": 200}


@dataclass
class Importer:
    """One target of imports: records by ``ref_id``, and what could not be mapped."""

    kind: str
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)

    def load(self, path: Path) -> tuple[int, int]:
        """Import a file with "update", and return how many records were made and how many changed."""
        made = changed = 0
        for row in read_rows(path):
            record = self._map(row)
            ref = str(row.get("ref_id") or "")
            before = self.records.get(ref)
            if before is None:
                made += 1
                self.records[ref] = record
            else:  # blank cells leave what is there
                after = before | {name: value for name, value in record.items() if value not in (None, "")}
                changed += after != before
                self.records[ref] = after
        return made, changed

    def _map(self, row: dict[str, str]) -> dict[str, Any]:
        record: dict[str, Any] = dict(row)
        if self.kind == "requirements":
            self._expect(row, "requirement_progress", PROGRESS)
            self._expect(row, "compliance_result", RESULTS)
            if not row.get("assessable"):
                self.unmapped.append(f"skipped: {row}")
            return record
        for name, most in LENGTHS.items():
            if not row.get(name) or len(row[name]) > most:
                self.unmapped.append(f"{name}: {row.get(name)!r}")
        states = {"findings": FINDING_STATES, "exceptions": EXCEPTION_STATES, "incidents": INCIDENT_STATES}[self.kind]
        self._expect(row, "status", states, needed=True)
        # of findings letter by letter, and what is not known becomes -1 in silence
        known = set(INCIDENT_SEVERITIES if self.kind == "incidents" else SEVERITIES)
        self._expect(row, "severity", known, needed=True)
        if self.kind == "incidents":
            self._expect(row, "detection", DETECTIONS, needed=True)
        if self.kind == "findings":
            self._expect(row, "priority", {"1", "2", "3", "4"}, needed=True)
        for name in ("due_date", "expiration_date"):
            if row.get(name) and not DAY.fullmatch(row[name]):
                self.unmapped.append(f"{name}: {row[name]}")
        return record

    def _expect(self, row: dict[str, str], name: str, known: set[str], *, needed: bool = False) -> None:
        value = row.get(name) or ""
        if value not in known and (value or needed):
            self.unmapped.append(f"{name}: {value!r}")


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a workbook's one sheet by the heads of their columns."""
    book = load_workbook(path, read_only=True)
    (sheet,) = book.worksheets
    heads, *rows = ([cell or "" for cell in row] for row in sheet.iter_rows(values_only=True))
    book.close()
    return [dict(zip(heads, row, strict=True)) for row in rows]
