"""What is written as YAML is read as it was meant, by our own reader, whatever the texts are."""

from __future__ import annotations

from hypothesis import given, strategies

from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import parse
from rempart_core.content.yamltext import write_yaml
from rempart_core.text import clean


def read_back(text: str) -> tuple[str, list[object]]:
    document = parse(write_yaml({"text": text, "on": {"list": [text, 1, None]}}).encode(), "x.yaml")
    reader = Reader(document)
    fields = reader.fields(document.root, ("text", "on"), ("text", "on"))
    inner = reader.fields(fields["on"], ("list",), ("list",))
    values = [reader.value(node, "x") for node in reader.items(inner["list"], "list")]
    assert not [one for one in reader.mistakes if "twice" in str(one)]
    return getattr(fields["text"], "text", ""), values


@given(strategies.text(max_size=60).map(clean))
def test_texts_are_read_as_they_were(text: str) -> None:
    again, values = read_back(text)
    assert again == text
    assert values == [text, 1, None]


def test_texts_that_look_like_something_else_stay_texts() -> None:
    for text in (
        "0640",
        "no",
        "8.20",
        "2026-11-20",
        "null",
        "- x",
        "a: b",
        "# x",
        "*x",
        " lead",
        "two\nlines\n",
        "\ttab\n x",
    ):
        assert read_back(text)[0] == text


def test_a_text_of_several_lines_is_a_block() -> None:
    assert write_yaml({"query": "SELECT 1\nFROM t\n"}) == "query: |\n  SELECT 1\n  FROM t\n"
