"""Rows become those of a table; evidence is hashed once, whatever many rows name it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from rempart_core.registers import judging
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.judging import MOST, Evidence, RowJudge
from rempart_core.registers.raw import Places, RawRow

AT = Places({}, (1, 1))


def test_a_file_that_many_rows_name_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def note(folder: str, name: str) -> str:
        hashed.append(name)
        return "00"

    monkeypatch.setattr(judging, "hash_file", note)
    evidence = Evidence(str(tmp_path))
    assert evidence.judge("a", "00") is None
    trouble = evidence.judge("a", "11")
    assert trouble is not None
    assert (trouble.code, hashed) == ("evidence_changed", ["a"])


def test_a_hash_in_capitals_is_the_same(tmp_path: Path, now: int) -> None:
    (tmp_path / "a").write_bytes(b"x")
    pinned = hashlib.sha256(b"x").hexdigest().upper()
    judge = RowJudge(CONTRACTS["consultations"], "f", now, None, Evidence(str(tmp_path)))
    values = {"date": "2026-11-20", "body": "CSE", "subject": "x", "evidence": "a", "sha256": pinned}
    assert judge.judge(RawRow(4, values, AT))["trouble"] == ""


def test_a_contract_that_is_missing_needs_no_proof(tmp_path: Path, now: int) -> None:
    judge = RowJudge(CONTRACTS["processors"], "f", now, None, Evidence(str(tmp_path)))
    without = judge.judge(RawRow(4, {"id": "host-1", "service": "hosting"}, AT))
    assert (without["trouble"], without["age_days"]) == ("", "")
    signed = judge.judge(RawRow(5, {"id": "host-2", "service": "x", "contract_date": "2026-01-02"}, AT))
    assert signed["trouble"] == "evidence_none"


def test_deadlines_are_counted_down(tmp_path: Path, now: int) -> None:
    judge = RowJudge(CONTRACTS["signers"], "f", now, {"p-1"}, Evidence(str(tmp_path)))
    row = judge.judge(RawRow(4, {"person": "p-1", "key": "k", "since": "2026-01-01", "until": "2026-11-26"}, AT))
    assert (row["until_in_days"], row["trouble"]) == ("-1", "")


def test_a_thousand_mistakes_are_cut(tmp_path: Path, now: int) -> None:
    judge = RowJudge(CONTRACTS["watch"], "f", now, None, Evidence(str(tmp_path)))
    for line in range(500):
        judge.judge(RawRow(line, {"date": "soon"}, AT))
    assert len(judge.mistakes) == MOST + 1
    assert judge.mistakes[-1].message.id == "content.more"
