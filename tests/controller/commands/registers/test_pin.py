"""``rempart registers pin``: hashes are written where they are missing, and changed where a user says so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.registers.register import Registers

Run = Callable[..., tuple[int, str, str]]
HEAD = "as_of: 2026-11-20\nby: p-001\n"


@pytest.fixture
def audits(folder: Path) -> Path:
    """Return a register with evidence that has no hash yet."""
    file = folder / "audits.yaml"
    file.write_text(
        f"{HEAD}entries:\n"
        "  - {id: a-1, kind: internal, date: 2026-09-01, auditor: X, evidence: {file: evidence/sheet.pdf}}  # by post\n"
        "  - id: a-2\n    kind: third_party\n    date: 2026-10-01\n    auditor: Y\n    evidence: evidence/sheet.pdf\n",
        encoding="utf-8",
    )
    return file


def test_new_evidence_gets_its_hash(folder: Path, audits: Path, registers: Run, read: Callable[[], Registers]) -> None:
    before = audits.read_text(encoding="utf-8")
    status, out, err = registers("pin", str(folder))
    digest = hashlib.sha256(b"signed").hexdigest()
    assert (status, out, err) == (0, "audits.yaml: evidence/sheet.pdf\n1 file pinned\n", "")
    assert (
        audits.read_text(encoding="utf-8")
        == before.replace("sheet.pdf}}", f"sheet.pdf, sha256: {digest}}}}}") + f"    sha256: {digest}\n"
    )
    assert not read().troubles
    assert registers("pin", str(folder))[1] == "0 files pinned\n"


def test_a_file_that_was_replaced_has_to_be_named(folder: Path, audits: Path, registers: Run) -> None:
    registers("pin", str(folder))
    pinned = audits.read_bytes()
    (folder / "evidence/sheet.pdf").write_bytes(b"another")
    status, out, err = registers("pin", str(folder))
    assert (status, out) == (2, "")
    assert f"{audits}:4: the file evidence/sheet.pdf is not the one that was pinned" in err
    assert audits.read_bytes() == pinned
    status, out, _ = registers("pin", str(folder), "--changed", str(folder / "evidence/sheet.pdf"))
    assert (status, out) == (0, "audits.yaml: evidence/sheet.pdf\n1 file pinned\n")
    assert hashlib.sha256(b"another").hexdigest() in audits.read_text(encoding="utf-8")


def test_nothing_is_pinned_where_a_file_cannot_be_read(folder: Path, audits: Path, registers: Run) -> None:
    audits.write_text(
        audits.read_text(encoding="utf-8").replace("Y\n    evidence: evidence/sheet", "Y\n    evidence: x/none"),
        encoding="utf-8",
    )
    before = audits.read_bytes()
    status, _, err = registers("pin", str(folder))
    assert (status, "evidence x/none.pdf: there is no such file" in err) == (2, True)
    assert audits.read_bytes() == before


def test_a_name_that_no_entry_has(folder: Path, audits: Path, registers: Run) -> None:
    status, _, err = registers("pin", str(folder), "--changed", "evidence/shet.pdf")
    assert (status, 'no entry has the file "evidence/shet.pdf": did you mean' in err) == (2, True)
