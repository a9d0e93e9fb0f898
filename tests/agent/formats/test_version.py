"""The orders of version numbers, held against the programs that they are taken from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing import rpm

from rempart_agent.formats.version import compare_rpm

PART = st.text("0019aAbz.~^_+", min_size=1, max_size=8)
VERSION = st.builds(
    lambda epoch, version, release: f"{epoch}{version}{release}",
    st.sampled_from(["", "0:", "1:", "01:"]),
    PART,
    PART.map(lambda text: "-" + text),
)


@pytest.mark.skipif(not rpm.RPM, reason="rpm is not installed: there is no real order")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VERSION, VERSION), min_size=1, max_size=40))
def test_the_order_is_rpms_own(pairs: list[tuple[str, str]]) -> None:
    asked = " ".join(f'print(rpm.vercmp("{a}", "{b}") .. " ");' for a, b in pairs)
    real = rpm.run("rpm", "--eval", "%{lua: " + asked + "}").split()
    assert [str(compare_rpm(a, b)) for a, b in pairs] == real
