"""Hosts that a user means by patterns, in the questions that the store answers."""

from __future__ import annotations

import pytest
from rempart_testing.run import BEGINNING, of_states, silent

from rempart_controller.inventory.host_filter import HostFilter
from rempart_core.error import UsageError
from rempart_core.model.result import State
from rempart_store.store import Store

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


def test_drift_is_that_of_the_hosts_that_are_meant(small: Store) -> None:
    def save(at: int, state: State) -> None:
        runs = [of_states(name, at, {"AAA-01": state}, group=group) for name, group in HOSTS.items()]
        small.save([*runs, silent("mute", at, ["AAA-01"], group="lyon")] if state is State.FAIL else runs)

    save(BEGINNING, State.PASS)
    save(BEGINNING + 9, State.FAIL)
    assert small.groups() == HOSTS | {"mute": "lyon"}
    drift = small.changes(hosts={"web-1", "web-2"})
    assert [change.now.host for change in drift.changes] == ["web-1", "web-2"]
    assert (drift.compared, drift.silent, drift.fallen_silent, drift.new_hosts) == (2, (), (), ())
    drift = small.changes(hosts={"mute"})
    assert (drift.changes, [host.name for host in drift.new_hosts], drift.fallen_silent) == ((), ["mute"], ("mute",))
