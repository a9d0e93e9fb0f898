"""Table docker_networks: what Docker tells of networks."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_networks


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_networks) == [
        {
            "id": d.NETWORK,
            "name": "bridge",
            "driver": "bridge",
            "created": 1476858060,
            "enable_ipv6": 0,
            "subnet": "172.17.0.0/16",
            "gateway": "172.17.0.1",
        },
        {
            "id": d.NONE,
            "name": "none",
            "driver": "null",
            "created": 1476835200,
            "enable_ipv6": 1,
            "subnet": "",
            "gateway": "",
        },
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_networks, id="e086a389") == [
        {
            "id": "e086a389",
            "name": "none",
            "driver": "null",
            "created": 1476835200,
            "enable_ipv6": 1,
            "subnet": "",
            "gateway": "",
        }
    ]
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_networks)
