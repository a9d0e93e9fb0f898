"""A file in another encoding, or with an undone merge in it, is named as such."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rempart_core.messages.say import say
from rempart_core.registers.decoding import UnreadableError, decode


def _told(data: bytes, file: str = "a.csv") -> list[str]:
    with pytest.raises(UnreadableError) as caught:
        decode(data, file)
    return [f"{line}:{column}: {say(message)}" for line, column, message in caught.value.found]


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode("\ufeffété".encode(), "a.csv") == "été"


def test_the_line_that_converts_a_foreign_file_does_so(tmp_path: Path) -> None:
    path = tmp_path / "déjà vu.csv"
    path.write_bytes("person\nÉlodie\n".encode("cp1252"))
    (told,) = _told(path.read_bytes(), str(path))
    assert told.startswith("2:1: it is not UTF-8: convert it with `iconv -f CP1252")
    subprocess.run(["sh", "-c", told.split("`")[1]], check=True)
    assert decode(path.read_bytes(), str(path)) == "person\nÉlodie\n"


def test_each_marker_of_a_conflict_is_named() -> None:
    text = b"a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n"
    assert [told.split(": ")[0] for told in _told(text)] == ["2:1", "4:1", "6:1"]
    assert "a git conflict marker: finish the merge" in _told(text)[0]
    assert decode(b"title\n=======\n", "a.yaml")


def test_a_character_that_no_register_may_hold_is_told_as_one_of_a_text_file() -> None:
    assert _told(b"person,\x00kind\n") == ["1:8: the character U+0000 can't stand in a text file"]
