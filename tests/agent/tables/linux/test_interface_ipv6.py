"""Table interface_ipv6: how interfaces take part in IPv6."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import interface
from rempart_agent.source.contract import Malformed, NotObservable, Query
from rempart_agent.tables.linux import interface_ipv6
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
FOLDER = "/proc/sys/net/ipv6/conf/"


class _Link:
    name = "eth0"


@pytest.fixture(autouse=True)
def link(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be one interface; the test against osquery has those of this machine."""
    if "osquery" not in request.node.name:
        monkeypatch.setattr(interface, "ask", lambda _target: [])
        monkeypatch.setattr(interface, "parse_links", lambda _answer: [_Link()])


@pytest.mark.parametrize(
    ("everywhere", "forwarding", "redirects", "routers", "accepted", "advertised"),
    [
        (1, 0, 0, 1, 1, 1),
        (0, 0, 1, 0, 1, 0),
        (0, 0, 0, 2, 0, 1),
        (1, 1, 0, 1, 0, 0),
        (1, 1, 1, 2, 1, 1),
    ],
)
def test_what_is_accepted_follows_from_several_settings(
    machine_of: MachineOf,
    everywhere: int,
    forwarding: int,
    redirects: int,
    routers: int,
    accepted: int,
    advertised: int,
) -> None:
    files = {
        FOLDER + "all/accept_redirects": f"{everywhere}\n",
        FOLDER + "eth0/hop_limit": "64\n",
        FOLDER + "eth0/forwarding": f"{forwarding}\n",
        FOLDER + "eth0/accept_redirects": f"{redirects}\n",
        FOLDER + "eth0/accept_ra": f"{routers}\n",
    }
    assert list(interface_ipv6.rows(machine_of(files), Query())) == [
        {
            "interface": "eth0",
            "hop_limit": 64,
            "forwarding_enabled": forwarding,
            "redirect_accept": accepted,
            "rtadv_accept": advertised,
        }
    ]


def test_an_interface_without_ipv6_has_none_of_it(machine_of: MachineOf) -> None:
    (row,) = interface_ipv6.rows(machine_of({}), Query())
    assert row == {"interface": "eth0", "hop_limit": None, "forwarding_enabled": None}


@pytest.mark.parametrize("text", ["", "x", "1 2", "\udcff"])
def test_what_is_no_number_raises(machine_of: MachineOf, text: str) -> None:
    target = machine_of({FOLDER + "eth0/hop_limit": text.encode("utf-8", "surrogateescape")})
    with pytest.raises(Malformed):
        list(interface_ipv6.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(interface_ipv6.rows(target, Query()))


@NAMED
def test_osquery_says_the_same() -> None:
    sql = "SELECT * FROM interface_ipv6"
    assert told(ask(sql)) == told(embedded(LiveTarget(), sql))
