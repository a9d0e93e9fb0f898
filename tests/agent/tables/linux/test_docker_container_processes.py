"""Table docker_container_processes: what runs in a container of Docker."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_processes


def test_a_process_is_a_row(docker_service: UnixService) -> None:
    assert rows_of(docker_container_processes, id=d.RUNNING[:9]) == [
        {
            "id": d.RUNNING[:9],
            "pid": 13642,
            "state": "S",
            **dict.fromkeys(("uid", "gid", "euid", "egid", "suid", "sgid"), 0),
            "resident_size": 3472000,
            "total_size": 18200000,
            "start_time": None,
            "parent": 882,
            "pgroup": 13642,
            "threads": 1,
            "nice": -5,
            "user": "root",
            "time": "00:00:00",
            "cpu": 0.1,
            "mem": 12.5,
            "name": "bash",
            "cmdline": "/bin/bash -c echo hunter2",
        }
    ]
    assert len(docker_service.asked) == 1


def test_none_runs_in_a_container_that_is_stopped_or_not_there(docker_service: UnixService) -> None:
    for name in (d.STOPPED, "ffff", "", "x/../../info"):
        assert rows_of(docker_container_processes, id=name) == []
    assert len(docker_service.asked) == 2


def test_another_answer_raises(docker_service: UnixService) -> None:
    docker_service.say({"Processes": [d.PROCESS[:-1]]})
    with pytest.raises(Malformed):
        rows_of(docker_container_processes, id=d.RUNNING)
    docker_service.say([])
    with pytest.raises(Malformed):
        rows_of(docker_container_processes, id=d.RUNNING)
