"""What a value has to be like to be taken for a secret."""

from __future__ import annotations

import pytest

from rempart_agent.formats.token_rule import PLACEHOLDER, entropy


def test_entropy_is_shannons() -> None:
    assert (entropy(b""), entropy(b"aaaa"), entropy(b"abcd")) == (0, 0, 2)


@pytest.mark.parametrize(
    "value", [b"changeme", b"your-token-here", b"<token>", b"${TOKEN}", b"xxxx", b"None", b"12345"]
)
def test_what_stands_for_a_value_is_none(value: bytes) -> None:
    assert PLACEHOLDER.match(value)


@pytest.mark.parametrize("value", [b"k9Xw2mPq", b"Winter2024!", b"sunshine"])
def test_a_value_is_no_placeholder(value: bytes) -> None:
    assert not PLACEHOLDER.match(value)
