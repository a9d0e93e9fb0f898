"""Table docker_image_history: what Docker tells of steps."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_image_history


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_image_history, id=d.UNTAGGED) == [
        {
            "id": d.UNTAGGED,
            "created": 1398108230,
            "size": 182964289,
            "created_by": "/bin/sh -c #(nop) ADD file:eb15 in /",
            "tags": "ubuntu:lucid,ubuntu:10.04",
            "comment": "",
        },
        {
            "id": d.UNTAGGED,
            "created": 1371157430,
            "size": 0,
            "created_by": "",
            "tags": "",
            "comment": "Imported from -",
        },
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_image_history, id="ffff") == []
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_image_history, id=d.UNTAGGED)
