"""YAML is read as a stream; with and without libyaml the same."""

from __future__ import annotations

import pytest
import yaml

from rempart_core.registers.raw import RawRow
from rempart_core.registers.yaml_rows import YamlRows


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def _read(text: str) -> tuple[YamlRows, list[RawRow]]:
    source = YamlRows(text)
    return source, list(source.rows())


def test_rows_and_head_with_their_places() -> None:
    source, (first, second) = _read(
        "as_of: 2026-11-20 # a comment\nentries:\n- {a: '0640', b: 010, c: null, d: ~, e: ''}\n"
        "-\n  a: no\n  evidence: {file: x.pdf, sha256: 00}\nby: p-1\n"
    )
    assert source.head is not None
    assert dict(source.head.values) == {"as_of": "2026-11-20", "by": "p-1"}
    assert source.head.place("by") == (7, 5)
    assert dict(first.values) == {"a": "0640", "b": "010"}
    assert (first.line, first.place("b")) == (3, (3, 18))
    assert dict(second.values) == {"a": "no", "evidence": "x.pdf", "sha256": "00"}
    assert (source.found, first.found, second.found) == ([], (), ())


def test_aliases_are_not_followed() -> None:
    bomb = "a: &a [x, x]\nentries:\n" + "".join(f"- {{b: &b{n} [*a, *a, *a]}}\n" for n in range(50))
    source, rows = _read(bomb)
    assert len(rows) == 50
    assert all(row.found and not row.values for row in rows)
    assert source.head is not None
    assert source.head.found


def test_a_broken_end_keeps_what_was_found_before() -> None:
    source, rows = _read("entries:\n- {a: 1}\n- {a: 2\n")
    assert [dict(row.values) for row in rows] == [{"a": "1"}]
    assert source.found
    assert source.head is None
