"""Each of our checks speaks both languages: those that do not yet stand in a list, which only shrinks."""

from __future__ import annotations

from pathlib import Path

from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import content_root

LIST = Path(__file__).with_name("without_sentences.txt")


def test_the_list_of_checks_without_sentences_only_shrinks() -> None:
    """Take out of it what has the key by now; put nothing in: write sentences, or ``sentences: none``."""
    root = content_root()
    checks = read_checks([f"{root}/checks", f"{root}/playbooks/preconditions"])
    without = sorted(check.id for check in checks if check.sentences is None)
    assert without == LIST.read_text(encoding="utf-8").split()
