"""A document: parts that came out empty are none of it."""

from __future__ import annotations

from rempart_reports.views.document import Document, Paragraph, Section


def test_parts_that_came_out_empty_are_left_out() -> None:
    full = Section("full", (Paragraph("text"),))
    assert Document("k", "t", "l", "good", "h", sections=(Section("empty", ()), full)).parts == (full,)
