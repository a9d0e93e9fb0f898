"""A document: parts that came out empty are none of it."""

from __future__ import annotations

from rempart_reports.views.document import (
    Bullets,
    Document,
    Fold,
    Paragraph,
    Section,
    Table,
    fold_lines,
    fold_rest,
    fold_table,
)


def test_parts_that_came_out_empty_are_left_out() -> None:
    full = Section("full", (Paragraph("text"),))
    assert Document("k", "t", "l", "good", "h", sections=(Section("empty", ()), full)).parts == (full,)


def test_of_much_the_rest_is_folded_with_its_number_and_kept() -> None:
    lines = tuple(f"line {n}" for n in range(1_203))
    first, rest = fold_lines(Bullets(lines, data=True), 3, "fr")
    assert first == Bullets(lines[:3], data=True)
    assert rest == Fold("1\u202f200 de plus", (Bullets(lines[3:], data=True),), "1\u202f200 de plus dans la page")
    table = Table(("a",), tuple((line,) for line in lines), 1)
    shown, folded = fold_table(table, 3, "en")
    assert shown == table._replace(rows=table.rows[:3])
    assert folded == Fold("1,200 more", (table._replace(rows=table.rows[3:]),), "1,200 more in the page")
    blocks = [Paragraph(line) for line in lines]
    assert fold_rest(blocks, 3, "en") == (
        *blocks[:3], Fold("1,200 more", tuple(blocks[3:]), "1,200 more in the page")
    )  # fmt: skip


def test_one_more_than_is_in_sight_is_not_folded() -> None:
    assert fold_lines(Bullets(("a", "b", "c")), 2, "en") == (Bullets(("a", "b", "c")),)
    assert fold_rest([Paragraph("a"), Paragraph("b")], 1, "en") == (Paragraph("a"), Paragraph("b"))
    assert fold_table(Table(("a",), ()), 1, "en") == (Table(("a",), ()),)
