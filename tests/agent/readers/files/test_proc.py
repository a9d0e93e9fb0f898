"""What links in /proc say."""

from __future__ import annotations

import pytest

from rempart_agent.readers.files import proc


@pytest.mark.parametrize("link", ["", "net:[", "net:[]", "net:[4x]", "mnt:[5]", "net:5"])
def test_a_link_that_is_no_namespace_is_unset(link: str) -> None:
    assert proc.parse_namespace(link, "net") == ""
