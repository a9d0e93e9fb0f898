"""YAML of others: places are kept, aliases cost nothing, and what is no YAML is one error of ours."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from rempart_core.content.foreignyaml import ForeignYamlError, is_null, parse_foreign
from rempart_core.content.yamlfile import Broken, Entries, Items, Scalar


def test_documents_keep_their_places_and_their_texts_as_written() -> None:
    first, second = parse_foreign(b"---\na: 0640\nb: ~\n---\n---\n- x\n")[:2]
    assert isinstance(first, Entries)
    (key, value), (_, nothing) = first.pairs
    assert (key.text, value) == ("a", Scalar(2, 4, "0640"))
    assert is_null(nothing)
    assert isinstance(second, Scalar | Items)


def test_an_alias_is_the_same_node_and_one_within_itself_is_broken() -> None:
    (bomb,) = parse_foreign(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    assert isinstance(bomb, Entries)
    c = bomb.pairs[2][1]
    assert c.nodes[0] is c.nodes[1]
    (loop,) = parse_foreign(b"&a [*a]\n")
    assert isinstance(loop, Items)
    assert isinstance(loop.nodes[0], Broken)


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
