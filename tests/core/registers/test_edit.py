"""A file is edited as text, and only where it reads afterwards as is wanted."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_core.error import UsageError
from rempart_core.registers import yaml_edit
from rempart_core.registers.edit import RegisterFile, write_beside
from rempart_core.registers.yaml_rows import YamlRows

TEXT = "as_of: 2026-11-20\nby: p-1\nentries:\n  - {a: x, evidence: f.pdf}\n"


def test_a_file_keeps_its_mark_and_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "watch.csv"
    path.write_bytes("\ufeffa;b\r\n1;2\r\n".encode())
    path.chmod(0o640)
    file = RegisterFile(str(tmp_path), "watch.csv")
    file.append({"a": "é"})
    assert path.read_bytes().endswith(b"1;2\r\n")
    file.save()
    assert path.read_bytes() == "\ufeffa;b\r\n1;2\r\né;\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["watch.csv"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "watch.yaml").symlink_to("real.yaml")
    file = RegisterFile(str(tmp_path), "watch.yaml")
    file.pin({0: "a" * 64})
    file.save()
    assert (tmp_path / "watch.yaml").is_symlink()
    assert "sha256" in (tmp_path / "real.yaml").read_text(encoding="utf-8")


def test_an_edit_that_reads_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "watch.yaml").write_text(TEXT, encoding="utf-8")
    file = RegisterFile(str(tmp_path), "watch.yaml")

    def forget(text: str, values: dict[str, str]) -> str:
        return f"{text}# {len(values)} more\n"

    monkeypatch.setattr(yaml_edit, "append", forget)
    with pytest.raises(UsageError, match="edit it by hand"):
        file.append({"a": "y"})
    assert file.text == TEXT


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "watch.yaml").write_text(TEXT, encoding="utf-8")
    first, second = (RegisterFile(str(tmp_path), "watch.yaml") for _ in range(2))
    first.append({"a": "one"})
    first.save()
    second.append({"a": "two"})
    with pytest.raises(UsageError, match="changed it meanwhile"):
        second.save()
    assert (tmp_path / "watch.yaml").read_text(encoding="utf-8") == first.text


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="folder"):
        write_beside(str(tmp_path / "folder"), b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


VALUES = st.dictionaries(
    st.sampled_from(["person", "note", "reference", "evidence"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
    .map(str.strip)
    .filter(lambda text: bool(text) and text.isprintable()),
    min_size=1,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES)
def test_any_value_is_read_as_it_was_added(values: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "watch.yaml").write_text(TEXT, encoding="utf-8")
    file = RegisterFile(str(tmp_path), "watch.yaml")
    file.append(values)
    assert [dict(row.values) for row in YamlRows(file.text).rows()][-1] == values
