"""Table docker_images: what Docker tells of images."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_images


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_images) == [
        {"id": d.IMAGE, "created": 1644009612, "size_bytes": 172064416, "tags": "example:1.0,example:latest"},
        {"id": d.UNTAGGED, "created": 1, "size_bytes": 0, "tags": ""},
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_images)
