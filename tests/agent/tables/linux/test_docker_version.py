"""Table docker_version: what Docker tells of itself."""

from __future__ import annotations

import pytest
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_version


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_version) == [
        {
            "version": "19.03.12",
            "api_version": "1.40",
            "min_api_version": "1.12",
            "git_commit": "48a66213fe",
            "go_version": "go1.13.14",
            "os": "linux",
            "arch": "amd64",
            "kernel_version": "4.19.76-linuxkit",
            "build_time": "2020-06-22T15:49:27.000000000+00:00",
        }
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say([3])
    with pytest.raises(Malformed):
        rows_of(docker_version)
