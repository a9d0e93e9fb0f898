"""JSON as a property tree: any text is one, or malformed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import property_tree
from rempart_agent.source.contract import Malformed


@given(st.text(max_size=80))
def test_any_text_is_json_or_malformed(text: str) -> None:
    try:
        tree = property_tree.parse(text)
    except Malformed:
        return
    assert property_tree.write(tree).endswith("\n")
