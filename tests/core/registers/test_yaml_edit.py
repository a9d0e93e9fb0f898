"""What a user wrote stays as it is: comments, quotes, order, blank lines."""

from __future__ import annotations

import pytest

from rempart_core.registers.yaml_edit import CannotEditError, append, confirm, drop, lay_out, pin, write_value

LISTED = """\
# who was trained
as_of: 2026-11-20   # confirmed by phone
by: 'p-001'
entries:
- {person: p-001, evidence: {file: "a é.pdf"}}   # in the blue binder
# the second
-
  person: p-002
  evidence:
    file: b.pdf   # scanned

- person: p-003
  evidence: c.pdf
  note: |
    two
    lines

# the end
"""
ROW = {"person": "p-004", "syllabus": "3", "note": 'say "no": never', "evidence": "d.pdf", "sha256": "f" * 64}
WRITTEN = f'{{person: p-004, syllabus: 3, note: "say \\"no\\": never", evidence: {{file: d.pdf, sha256: {"f" * 64}}}}}'


def test_a_row_is_added_where_the_list_ends() -> None:
    assert append(LISTED, ROW) == LISTED.replace("    lines\n", f"    lines\n- {WRITTEN}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by: p\nentries: []\n", f"by: p\nentries: \n  - {WRITTEN}\n"),
        ("entries: [] # none\nby: p\n", f"entries: \n  - {WRITTEN} # none\nby: p\n"),
        ("entries: [{a: b}]\n", f"entries: [{{a: b}}, {WRITTEN}]\n"),
        ("entries:\r\n    - {a: b}\r\nby: p", f"entries:\r\n    - {{a: b}}\r\n    - {WRITTEN}\r\nby: p"),
        ("entries:\n  - a: b", f"entries:\n  - a: b\n  - {WRITTEN}"),
        ("entries:\n  - {a: b,\n     c: d}\nby: p\n", f"entries:\n  - {{a: b,\n     c: d}}\n  - {WRITTEN}\nby: p\n"),
    ],
)
def test_a_row_is_added_to_a_list_of_any_form(text: str, expected: str) -> None:
    assert append(text, ROW) == expected


def test_hashes_stand_beside_their_files() -> None:
    one, two, three = ("1" * 64, "2" * 64, "3" * 64)
    expected = (
        LISTED.replace('"a é.pdf"', f'"a é.pdf", sha256: {one}')
        .replace("b.pdf   # scanned", f"b.pdf   # scanned\n    sha256: {two}")
        .replace("evidence: c.pdf", f"evidence: c.pdf\n  sha256: {three}")
    )
    assert pin(LISTED, {0: one, 1: two, 2: three}) == expected
    assert pin(expected, {1: one}) == expected.replace(two, one)


def test_a_hash_that_was_left_empty_is_filled_in() -> None:
    assert pin("entries:\n  - evidence: a\n    sha256:\n", {0: "ab"}) == "entries:\n  - evidence: a\n    sha256: ab\n"


def test_rows_go_with_their_lines_and_comments_stay() -> None:
    assert drop(LISTED, {1}) == LISTED.replace("-\n  person: p-002\n  evidence:\n    file: b.pdf   # scanned\n", "")
    text = drop(LISTED, {0, 1, 2})
    assert "entries: []\n# the second\n\n\n# the end\n" in text
    assert not lay_out(text).rows


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ({0}, "[{b: 2}, {c: 3}]"),
        ({1}, "[{a: 1}, {c: 3}]"),
        ({2}, "[{a: 1}, {b: 2}]"),
        ({0, 1}, "[{c: 3}]"),
        ({0, 1, 2}, "[]"),
    ],
)
def test_rows_go_out_of_a_list_in_brackets(gone: set[int], left: str) -> None:
    assert drop("entries: [{a: 1}, {b: 2}, {c: 3}]\n", gone) == f"entries: {left}\n"


def test_a_head_is_confirmed_anew() -> None:
    expected = LISTED.replace("2026-11-20", "2026-11-27").replace("'p-001'", "p-002")
    assert confirm(LISTED, {"as_of": "2026-11-27", "by": "p-002"}) == expected
    with pytest.raises(CannotEditError):
        confirm("by: x\nentries: []\n", {"as_of": "2026-11-27"})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("p-017", "p-017"), ("2026-11-20", "2026-11-20"), ("42", "42"), ("no", '"no"'), ("a: b", '"a: b"'),
        ("été", '"été"'), ("0x1f", '"0x1f"'), ("1e3", '"1e3"'), ("#x", '"#x"'), ("v1.2", "v1.2"),
    ],
)  # fmt: skip
def test_a_value_stands_in_quotes_unless_it_needs_none(text: str, written: str) -> None:
    assert write_value(text) == written


def test_what_cannot_be_edited_is_refused() -> None:
    for text in ("by: p\n", "entries: text\n", "entries:\n  - [a]\n"):
        with pytest.raises(CannotEditError):
            append(text, ROW)
