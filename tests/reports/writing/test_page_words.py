"""The words of the pages: a word that is not theirs is that of all reports."""

from __future__ import annotations

import pytest

from rempart_reports.writing.page_words import count_word, page_word


def test_a_word_is_that_of_the_pages_or_of_all_reports() -> None:
    assert page_word("requirements", "fr") == "Exigences"
    assert page_word("evidence", "en") == "Evidence"
    assert page_word("v_accepted", "fr", day="1er mai 2027") == "accepté jusqu’au 1er mai 2027"
    assert page_word("until", "en", day="1 May 2027") == "until 1 May 2027"
    assert count_word("folded_rows", 1200, "en") == "1,200 more"
    with pytest.raises(KeyError):
        page_word("nothing_such", "en")
    with pytest.raises(KeyError):
        page_word("v_accepted", "en")  # it lacks its value
