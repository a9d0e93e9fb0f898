"""The words of the pages: both languages are whole, and a word that is not theirs is that of all reports."""

from __future__ import annotations

import pytest

from rempart_reports.writing.page_words import PAGE_WORDS, count_word, page_word


def test_both_languages_have_the_same_places() -> None:
    for key, (english, french) in PAGE_WORDS.items():
        assert english.count("{}") == french.count("{}"), key


def test_a_word_is_that_of_the_pages_or_of_all_reports() -> None:
    assert page_word("requirements", "fr") == "Exigences"
    assert page_word("evidence", "en") == "Evidence"
    assert page_word("row_expects", "fr") == "attendu\u00a0: {}"
    assert count_word("folded_rows", 1200, "en") == "1,200 more"
    with pytest.raises(KeyError):
        page_word("nothing_such", "en")
