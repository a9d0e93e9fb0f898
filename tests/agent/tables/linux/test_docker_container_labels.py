"""Table docker_container_labels: what Docker tells of labels."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_labels


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_container_labels) == [
        {"id": d.RUNNING, "key": "com.example.vendor", "value": "Acme"},
        {"id": d.RUNNING, "key": "com.example.license", "value": "GPL"},
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_one_is_told_of_alone(docker_service: UnixService) -> None:
    assert rows_of(docker_container_labels, id=d.STOPPED) == [{"id": d.STOPPED, "key": "stopped", "value": "yes"}]
    assert docker_service.asked


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_container_labels)
