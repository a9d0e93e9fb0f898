"""Table docker_container_envs: what Docker tells of every variable."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_envs


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_container_envs) == [
        {"id": d.RUNNING, "key": "PATH", "value": "/usr/sbin:/usr/bin"},
        {"id": d.RUNNING, "key": "TOKEN", "value": "a=b"},
        {"id": d.RUNNING, "key": "EMPTY", "value": ""},
        {"id": d.RUNNING, "key": "BARE", "value": "BARE"},
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_container_envs)
