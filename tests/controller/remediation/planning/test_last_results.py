"""A plan that begins with the store asks the hosts with findings alone; an unknown host is never a sound one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, of_states, silent

from rempart_agent.audit.request import Request
from rempart_controller.inventory.host import Host
from rempart_controller.remediation.planning.last_results import read_newest
from rempart_core.error import UsageError
from rempart_core.model.result import State
from rempart_store.store import Store

HOSTS = [Host(name) for name in ("web", "sound", "quiet", "new")]


@pytest.fixture
def place(tmp_path: Path) -> str:
    path = str(tmp_path / "rempart.db")
    failing = {"RMT-01": State.FAIL, "IDL-01": State.FAIL, "KRN-01": State.PASS, "OLD-99": State.FAIL}
    with Store.open(path) as store:
        store.save([of_states("web", BEGINNING, {"RMT-01": State.FAIL, "KRN-01": State.FAIL})])
        runs = [
            of_states("web", BEGINNING + 60, failing),
            of_states("sound", BEGINNING + 60, {"RMT-01": State.PASS, "KRN-01": State.ERROR}),
            of_states("quiet", BEGINNING + 60, {"RMT-01": State.FAIL}),
        ]
        store.save(runs)
        store.save([silent("quiet", BEGINNING + 120, ["RMT-01"])], others=("web", "sound"))
    return path


def test_only_what_failed_last_is_asked_of_those_it_failed_on(place: str) -> None:
    newest = read_newest(place, HOSTS, Request(profile="all"))
    assert newest.asked == ("web",)
    assert newest.request.globs == ("IDL-01", "RMT-01"), "not what has passed since, nor a check that is no more"
    assert newest.request.also == newest.request.globs
    assert newest.request.profile == "all"


def test_a_host_of_which_nothing_is_known_is_silent_and_not_sound(place: str) -> None:
    others = read_newest(place, HOSTS, Request()).others
    assert not any(others["sound"].silent)
    assert others["sound"].platform == "linux"
    assert "holds no answer" in others["quiet"].silent[0]
    assert "aucune réponse" in others["new"].silent[1]


def test_the_globs_of_the_command_narrow_it(place: str) -> None:
    assert read_newest(place, HOSTS, Request(globs=("rmt-*",))).request.globs == ("RMT-01",)
    assert read_newest(place, HOSTS, Request(globs=("Idle-Sessions",))).request.globs == ("IDL-01",)
    nothing = read_newest(place, HOSTS, Request(globs=("TLS-*",)))
    assert (nothing.asked, nothing.request.globs) == ((), ())


def test_no_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_newest(str(tmp_path / "none.db"), HOSTS, Request())
