"""Hosts that a user means by patterns."""

from __future__ import annotations

import pytest

from rempart_controller.inventory.host_filter import HostFilter
from rempart_core.error import UsageError

HOSTS = {"web-1": "lyon", "web-2": "lille", "db-1": "lyon"}


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["web-*"], {"web-1", "web-2"}),
        (["lyon"], {"web-1", "db-1"}),
        (["web-2,db-1"], {"web-2", "db-1"}),
        (["web-2", "lyon"], {"web-1", "web-2", "db-1"}),
        (["lyon,!web-*"], {"db-1"}),
        (["!lyon"], {"web-2"}),
    ],
)
def test_names_and_groups_are_meant(patterns: list[str], names: set[str]) -> None:
    assert HostFilter(tuple(patterns)).choose(HOSTS.items()) == names


def test_a_pattern_that_means_nobody_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="WEB-1"):
        HostFilter(("WEB-1",)).choose(HOSTS.items())
