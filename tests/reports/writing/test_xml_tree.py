"""An element tree as text says to every parser what ElementTree would have said."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_reports.writing.xml_tree import write_tree

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_characters="\x7f"), max_size=20)


def make(text: str, value: str) -> ET.Element:
    root = ET.Element("suite", {"name": value})
    ET.SubElement(root, "case", {"id": "1"}).text = text
    ET.SubElement(root, "empty")
    return root


def test_each_tag_has_a_line_and_a_depth() -> None:
    assert write_tree(make("a", "b"), 1) == (' <suite name="b">\n  <case id="1">a</case>\n  <empty />\n </suite>\n')


@given(TEXT, TEXT)
def test_a_parser_reads_what_was_meant(text: str, value: str) -> None:
    root = ET.fromstring(write_tree(make(text, value)))
    assert root.get("name") == value
    assert (root[0].text or "") == text


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a\rb", "a\r\nb", '"', "<&>", "]]>"])
def test_line_ends_and_signs_stay_in_texts_and_attributes(value: str) -> None:
    root = ET.fromstring(write_tree(make(value, value)))
    assert root.get("name") == value
    assert root[0].text == value
