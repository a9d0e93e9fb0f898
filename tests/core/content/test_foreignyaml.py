"""YAML of others: places are kept, aliases cost nothing, and what is no YAML is one error of ours."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from rempart_core.content.foreignyaml import ForeignYamlError, parse_foreign


def test_documents_keep_their_places_and_their_texts_as_written() -> None:
    first, second = parse_foreign(b"---\na: 0640\nb: ~\na: '~'\n---\n- x\n")
    assert [(key, value.line, value.text) for key, value in first.pairs] == [
        ("a", 2, "0640"),
        ("b", 3, ""),
        ("a", 4, "~"),
    ]
    assert first.text_of("a") == "~"
    assert first.text_of("c") == ""
    assert [item.text for item in second.items] == ["x"]


def test_an_alias_is_the_same_node_and_one_within_itself_is_empty() -> None:
    (bomb,) = parse_foreign(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    found = bomb.get("c")
    assert found
    assert found.items[0] is found.items[1]
    (loop,) = parse_foreign(b"&a [*a]\n")
    assert loop.items[0].kind == "none"


@pytest.mark.parametrize("data", [b"a: [\n", b"\xff\xfe\x00", b"a: \x01\n", b"[" * 100_000, b"%YAML 9.9\n- *no\n"])
def test_what_is_no_yaml_is_one_error(data: bytes) -> None:
    with pytest.raises(ForeignYamlError):
        parse_foreign(data)


@given(strategies.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        parse_foreign(data)
    except ForeignYamlError:
        pass
