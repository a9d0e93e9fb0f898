"""An entry is added as a program adds it: risk and incidents do so too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.error import ContentError, UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.entry import add_entry
from rempart_core.registers.register import Registers

ACTION = {
    "id": "c-1", "source": "incident web-1", "severity": "high", "what": "second factor", "owner": "p-002",
    "opened": "2026-11-20", "due": "2026-12-20",
}  # fmt: skip


def test_an_entry_is_read_again_as_it_was_given(folder: Path, now: int, given: Callable[..., Registers]) -> None:
    added = add_entry(str(folder), "actions", dict(reversed(ACTION.items())), now)
    assert added.file == str(folder / "actions.yaml")
    assert added.row.startswith("{id: c-1, source: ")
    add_entry(str(folder), "actions", ACTION | {"id": "c-2"}, now, "p-002", confirm=True)
    register = given()["actions"]
    assert [row["id"] for row in register.rows] == ["c-1", "c-2"]
    assert register.head == ("2026-11-27", "p-002")


def test_evidence_is_pinned(folder: Path, now: int, given: Callable[..., Registers]) -> None:
    (folder / "signed.json").write_bytes(b"{}")
    values = {"date": "2026-11-20", "body": "CSE", "subject": "recording", "evidence": "signed.json"}
    add_entry(str(folder), "consultations", values, now)
    (row,) = given()["consultations"].rows
    assert (row["sha256"], row["trouble"]) == (hashlib.sha256(b"{}").hexdigest(), "")


def test_a_csv_file_is_confirmed_where_its_head_stands(folder: Path, now: int, given: Callable[..., Registers]) -> None:
    heads = "# heads\nwatch: {as_of: 2026-01-01, by: p-001}\nconsultations:\n  by: p-001 # who\n  as_of: 2026-11-20\n"
    given(consultations_csv="date,body,subject,reference\n2026-11-02,CSE,x,y\n", registers_yaml=heads)
    values = {"date": "2026-11-20", "body": "CSE", "subject": "recording", "reference": "minutes 3"}
    add_entry(str(folder), "consultations", values, now, "p-002", confirm=True)
    assert given()["consultations"].head == ("2026-11-27", "p-002")
    wanted = heads.replace("by: p-001 #", "by: p-002 #").replace("2026-11-20", "2026-11-27")
    assert (folder / "registers.yaml").read_text(encoding="utf-8") == wanted


def test_all_that_is_wrong_is_told_and_nothing_is_written(folder: Path, now: int) -> None:
    with pytest.raises(UsageError) as caught:
        add_entry(str(folder), "actions", ACTION | {"due": "20/12/2026", "severity": "hihg"}, now)
    assert isinstance(caught.value.message, Message)
    assert "write 2026-12-20" in str(caught.value)
    assert 'did you mean "high"' in str(caught.value)
    assert not (folder / "actions.yaml").exists()


def test_who_confirms_a_new_list_has_to_be_known(folder: Path, now: int) -> None:
    (folder / "organisation.yaml").unlink()
    change = {"id": "c-1", "date": "2026-11-20", "what": "a new site"}
    with pytest.raises(UsageError, match="--by"):
        add_entry(str(folder), "changes", change, now)
    assert add_entry(str(folder), "changes", change, now, "p-001").file.endswith("changes.yaml")


def test_a_roster_with_mistakes_is_mended_first(folder: Path, now: int) -> None:
    (folder / "people.yaml").write_text("x: [", encoding="utf-8")
    with pytest.raises(ContentError, match="people"):
        add_entry(str(folder), "actions", ACTION, now)
