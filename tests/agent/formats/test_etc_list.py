"""Words and comments of lists in /etc; a line that is all comment is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats.etc_list import entries


def test_words_and_what_follows_them() -> None:
    text = "# all of it\n\nhttp 80/tcp www # the web # old\n  tcp\t6\n"
    assert list(entries(text)) == [(["http", "80/tcp", "www"], "the web # old"), (["tcp", "6"], "")]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(isinstance(words, list) for words, _ in entries(text))
