"""JSON of unknown origin."""

from __future__ import annotations

import pytest
from rempart_testing.container_images import Bytes

from rempart_agent.images.containers.document import Document, read_json
from rempart_agent.source.contract import Limit, Malformed


def test_values_are_asked_for_by_type() -> None:
    found = Document(read_json(Bytes(b'{"a": "x", "n": 7, "l": ["y"], "d": [{"a": "z"}], "i": {"a": "w"}}')), "index")
    assert (found.text("a"), found.number("n"), found.texts("l")) == ("x", 7, ["y"])
    assert (found.documents("d")[0].text("a"), found.inner("i").text("a")) == ("z", "w")
    assert ("a" in found, "none" in found) == (True, False)


def test_what_is_not_there_is_empty_and_null_is_not_there() -> None:
    found = Document({"null": None}, "index")
    for key in ("null", "none"):
        assert (found.text(key), found.texts(key), found.documents(key), key in found) == ("", [], [], False)
        assert found.inner(key).text("a") == ""


@pytest.mark.parametrize("value", [1, [], {}, True])
def test_a_text_that_is_something_else_is_refused(value: object) -> None:
    with pytest.raises(Malformed, match="index: a is no text"):
        Document({"a": value}, "index").text("a")


@pytest.mark.parametrize("value", ["1", 1.0, True, -1, 1 << 63, None])
def test_a_number_that_is_something_else_is_refused(value: object) -> None:
    with pytest.raises(Malformed, match="index: a is no number"):
        Document({"a": value}, "index").number("a")


def test_lists_and_objects_that_are_something_else_are_refused() -> None:
    document = Document({"a": "x", "l": [1]}, "index")
    for ask in (document.texts, document.documents, document.inner):
        with pytest.raises(Malformed):
            ask("a")
    with pytest.raises(Malformed):
        document.texts("l")
    with pytest.raises(Malformed):
        Document([], "index")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"n": ' + b"9" * 10_000 + b"}", b'{"a": "\\ud800'], ids=len
)
def test_what_is_no_json_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(Malformed, match="layer: no JSON"):
        read_json(Bytes(data))


def test_a_document_beyond_four_megabytes_is_not_read() -> None:
    with pytest.raises(Limit):
        read_json(Bytes(b" " * ((4 << 20) + 1)))


@pytest.mark.parametrize("text", [b'{"layers": ["a"], "layers": ["b"]}', b'{"layers": ["a"], "Layers": ["b"]}'])
def test_names_that_two_readers_would_choose_between_are_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        Document(read_json(Bytes(text)), "manifest")
