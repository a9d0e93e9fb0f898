"""Table lxd_networks: what LXD tells of its networks."""

from __future__ import annotations

import pytest
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed, Missing, SourceError
from rempart_agent.tables.linux import lxd_networks


def test_the_daemon_is_asked(lxd_service: UnixService) -> None:
    assert rows_of(lxd_networks) == [
        {
            "name": "lxdbr0",
            "type": "bridge",
            "managed": 1,
            "ipv4_address": "10.0.0.1/24",
            "ipv6_address": "none",
            "used_by": "/1.0/profiles/default,c1,c2",
            "hwaddr": "00:16:3e:5a:83:57",
            "state": "up",
            "mtu": 1500,
            "bytes_received": 250542118,
            "bytes_sent": 17524040140,
            "packets_received": 1182515,
            "packets_sent": 1567934,
        },
        {"name": "eth0", "type": "physical", "managed": 0, "ipv4_address": "", "ipv6_address": "", "used_by": ""},
    ]
    assert all(uri.startswith("/1.0/") for uri in lxd_service.asked)


def test_what_is_no_answer_of_lxd_raises(lxd_service: UnixService) -> None:
    for told in ([], {"metadata": 3}, {"metadata": ["/etc"]}, {"error": "x"}):
        lxd_service.say(told)
        with pytest.raises(Malformed):
            rows_of(lxd_networks)
    lxd_service.say({"error": "no such right"}, 403)
    with pytest.raises(SourceError, match="status 403: no such right"):
        rows_of(lxd_networks)
    lxd_service.path.unlink()
    with pytest.raises(Missing):
        rows_of(lxd_networks)
