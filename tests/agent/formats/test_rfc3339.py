"""Moments as RFC 3339 writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import rfc3339


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2015-01-08T22:57:31.547920715Z", (1420757851, 547920715)),  # api/docs/v1.41.yaml of Docker
        ("2015-01-08T22:57:31.5Z", (1420757851, 500000000)),  # Go leaves zeros at the end out
        ("2015-01-08T23:57:31+01:00", (1420757851, 0)),
        ("2015-01-08T20:27:31-02:30", (1420757851, 0)),
        ("0001-01-01T00:00:00Z", (-62135596800, 0)),  # Go's moment that is none
        ("2016-12-31T23:59:60Z", (1483228800, 0)),
        ("2015-02-30T00:00:00Z", None),
        ("2015-01-08", None),
        ("", None),
    ],
)
def test_a_moment(text: str, moment: tuple[int, int] | None) -> None:
    assert rfc3339.parse(text) == moment


@given(st.text() | st.from_regex(rfc3339._MOMENT, fullmatch=True))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = rfc3339.parse(text)
    assert found is None or 0 <= found[1] < 1_000_000_000
