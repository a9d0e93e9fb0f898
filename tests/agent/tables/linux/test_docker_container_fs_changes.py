"""Table docker_container_fs_changes: which files a container of Docker has changed."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_fs_changes


def test_a_change_is_a_row(docker_service: UnixService) -> None:
    assert rows_of(docker_container_fs_changes, id=d.STOPPED) == [
        {"id": d.STOPPED, "path": "/dev", "change_type": "C"},
        {"id": d.STOPPED, "path": "/dev/kmsg", "change_type": "A"},
        {"id": d.STOPPED, "path": "/x", "change_type": "D"},
    ]
    assert rows_of(docker_container_fs_changes, id="ffff") == []
    assert rows_of(docker_container_fs_changes, id="../info") == []
    assert len(docker_service.asked) == 2


def test_another_answer_raises(docker_service: UnixService) -> None:
    docker_service.say({"message": 3})
    with pytest.raises(Malformed):
        rows_of(docker_container_fs_changes, id=d.STOPPED)
