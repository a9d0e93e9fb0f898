"""GRUB's script language: words, blocks, and what GRUB refuses."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.grub_files import DEBIAN, RHEL, STUB

from rempart_agent.models.grub.menu import shown
from rempart_agent.models.grub.script import Refused, literal, parse


def _words(text: str) -> list[list[str]]:
    return [
        ["".join(f"<{part.text}>" if part.variable else part.text for part in word) for word in command.words]
        for command in parse(text)
    ]


def test_quotes_and_variables() -> None:
    assert _words("""linux /a b='c d' "e\\"$f g" h\\ i ${j}k # no\n""") == [
        ["linux", "/a", "b=c d", 'e"<f> g', "h i", "<j>k"]
    ]
    assert _words("a 'x\ny' b; c\\\nd #\n") == [["a", "x\ny", "b"], ["cd"]]
    assert literal(parse("set a=$b")[0].words[1]) is None


def test_commands_know_their_blocks_and_conditions() -> None:
    text = "if [ -z \"$a\" ]; then\n b\nelse\n c\nfi\nmenuentry 'x' --class y {\n linux /k\n}\nfunction f { d; }\n"
    found = {literal(one.words[0]): [block.kind for block in one.blocks] for one in parse(text)}
    assert found == {"[": ["if"], "b": ["if"], "c": ["if"], "linux": ["menuentry"], "d": ["function"]}
    (b,) = (one for one in parse(text) if literal(one.words[0]) == "b")
    assert [shown(word) for word in b.blocks[0].words] == ["[", "-z", "$a", "]"]


@pytest.mark.parametrize(
    "text",
    [
        "if true; then\na\n",
        "menuentry 'a {\n",
        'menuentry "a" {\n',
        "menuentry a {\nlinux b\n",
        "a }\n",
        "fi\n",
        "then\n",
        "while true; do\n",
        "a \\",
    ],
)
def test_what_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)


@pytest.mark.parametrize("text", [DEBIAN, RHEL, STUB, ""])
def test_real_files_are_read(text: str) -> None:
    parse(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        parse(text)


def test_blocks_without_end_are_refused() -> None:
    with pytest.raises(Refused):
        parse("{" * 5000)
