"""The JSON of documents: what readers could take in two ways is refused, what no text can hold is replaced."""

from __future__ import annotations

import pytest

from rempart_core.documents.json_text import holds_surrogate, load, mend
from rempart_core.error import DocumentError


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"a": NaN}', "{", "", "[" * 100_000])
def test_what_is_no_json_of_ours_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        load(text)


def test_half_a_pair_is_seen_and_replaced() -> None:
    assert load('{"a": [1, "é"]}') == {"a": [1, "é"]}
    assert holds_surrogate(b'{"a": "\\ud800"}')
    assert not holds_surrogate(b'{"a": "\\u00e9"}')
    assert mend({"\ud800": ["\ud83d\ude00", 1]}) == {"\ufffd": ["\U0001f600", 1]}
