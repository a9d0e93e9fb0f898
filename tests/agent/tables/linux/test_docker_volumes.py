"""Table docker_volumes: what Docker tells of volumes."""

from __future__ import annotations

import pytest
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_volumes


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_volumes) == [
        {"name": "tardis", "driver": "custom", "mount_point": "/var/lib/docker/volumes/tardis", "type": "tmpfs"},
        {"name": "plain", "driver": "local", "mount_point": "/m", "type": ""},
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_volumes, name="plain") == [
        {"name": "plain", "driver": "local", "mount_point": "/m", "type": ""}
    ]
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_volumes)
