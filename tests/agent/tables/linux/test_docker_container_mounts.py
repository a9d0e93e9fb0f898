"""Table docker_container_mounts: what Docker tells of mounts."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_mounts


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_container_mounts) == [
        {
            "type": "volume",
            "name": "myvolume",
            "source": "/var/lib/docker/volumes/myvolume/_data",
            "destination": "/usr/share/nginx/html/",
            "driver": "local",
            "mode": "z",
            "propagation": "",
            "id": d.RUNNING,
            "rw": 1,
        },
        {
            "type": "bind",
            "name": "",
            "source": "/",
            "destination": "/host",
            "driver": "",
            "mode": "ro",
            "propagation": "rprivate",
            "id": d.RUNNING,
            "rw": 0,
        },
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_container_mounts, id=d.STOPPED) == []
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_container_mounts)
