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


def test_a_value_within_objects_is_found_or_none() -> None:
    told: json_document.Document = {"a": {"b": [1, "x"]}, "t": True, "n": 7, "big": 1 << 63}
    assert json_document.at(told, "a", "b") == [1, "x"]
    assert json_document.at(told, "a", "b", "c") is None
    assert json_document.words(json_document.at(told, "a", "b"), "-") == "-x"
    assert json_document.numbers(told, {"n": "n", "t": "t", "big": "big", "none": "none"}) == {
        "n": 7,
        "t": 0,
        "big": None,
        "none": 0,
    }
    assert json_document.flags(told, {"t": "t", "n": "n", "none": "none"}) == {"t": 1, "n": 0, "none": 0}
    assert json_document.texts(told, {"n": "n", "a": "a"}) == {"n": "", "a": ""}


@given(st.binary())
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    try:
        json_document.parse(data)
    except Malformed:
        pass
