"""Table docker_container_networks: what Docker tells of networks."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_networks


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_container_networks) == [
        {
            "network_id": d.NETWORK,
            "endpoint_id": "2cdc4edb1ded",
            "gateway": "172.17.0.1",
            "ip_address": "172.17.0.2",
            "ipv6_gateway": "",
            "ipv6_address": "",
            "mac_address": "02:42:ac:11:00:02",
            "ip_prefix_len": 16,
            "ipv6_prefix_len": 0,
            "id": d.RUNNING,
            "name": "bridge",
        }
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_container_networks, id=d.BARE) == []
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_container_networks)
