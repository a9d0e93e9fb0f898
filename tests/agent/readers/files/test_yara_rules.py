"""Scanning by YARA rules: which rules a statement names, and what the library says of files."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

from rempart_agent.readers.files import yara_rules
from rempart_agent.readers.files.yara_rules import Rules
from rempart_agent.source.contract import Constraint, Denied, Missing, Query, SourceError, Unfit

RULE = (
    'rule first : one two { strings: $a = "needle" $b = "hay" condition: any of them }\nrule never { condition: false }'
)


def _query(**asked: str) -> Query:
    return Query(frozenset(), tuple(Constraint(column, "=", (value,)) for column, value in asked.items()))


def test_rules_are_named_by_the_statement() -> None:
    assert yara_rules.asked(_query(sigrule="x", sigfile="/y")) == [Rules("sigfile", "/y"), Rules("sigrule", "x")]
    for refused in (_query(), _query(sig_group="x", sigrule="y"), _query(sigurl="https://example.org/", sigfile="y")):
        with pytest.raises(Unfit):
            yara_rules.asked(refused)


def test_no_library_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(Missing, match="yara-python is not installed"):
        yara_rules.scan_here([("filepath", "/etc/passwd")], [Rules("sigrule", RULE)])


def test_what_matches_is_told_and_where_of_files_of_rules_alone(tmp_path: Path) -> None:
    pytest.importorskip("yara")
    (tmp_path / "rules").write_text(RULE, encoding="utf-8")
    (tmp_path / "file").write_text("hay needle hay", encoding="utf-8")
    rules = [Rules("sigfile", str(tmp_path / "rules")), Rules("sigrule", RULE)]
    (told, absent) = yara_rules.scan([("filepath", f"{tmp_path}/file"), ("filepath", f"{tmp_path}/absent")], rules)
    assert told == [
        {"matches": "first", "count": 1, "strings": "$a:4,$b:0,$b:b", "tags": "one,two"},
        {"matches": "first", "count": 1, "strings": "", "tags": "one,two"},
    ]
    assert absent == []


def test_what_can_not_be_scanned_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("yara")
    for rules in (Rules("sigrule", "rule {"), Rules("sigfile", "absent")):
        with pytest.raises(Unfit, match="YARA"):
            yara_rules.scan_here([], [rules])
    with pytest.raises(SourceError):
        yara_rules.scan_here([("pid", 1 << 28)], [Rules("sigrule", RULE)])
    path = tmp_path / "file"
    path.touch()
    monkeypatch.setattr("builtins.open", _refuse)
    with pytest.raises(Denied):
        yara_rules._read(str(path))  # root may read all, so the library never fails to


def _refuse(*_: object) -> None:
    raise PermissionError(13, os.strerror(13))
