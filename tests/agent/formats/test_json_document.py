"""JSON documents of others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import json_document
from rempart_agent.source.contract import Malformed


def test_scalars_stay_what_they_are() -> None:
    assert json_document.parse(b'\xef\xbb\xbf{"a": [1, "1", true, null, 1.5]}') == {"a": [1, "1", True, None, 1.5]}


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 200_000, b"1 2", b"\xff"])
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        json_document.parse(data)


def test_a_value_of_another_kind_is_an_empty_one() -> None:
    assert json_document.mapping([1]) == {}
    assert json_document.items({"a": 1}) == []
    assert json_document.text(5) == ""
    assert (json_document.mapping({"a": 1}), json_document.items([1]), json_document.text("x")) == ({"a": 1}, [1], "x")


@given(st.binary())
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    try:
        json_document.parse(data)
    except Malformed:
        pass
