"""Table docker_containers: what Docker tells of each container."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import REDACTED, Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables import read
from rempart_agent.tables.linux import docker_containers
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget


def test_a_running_container_is_told_of_with_its_namespaces(docker_service: UnixService) -> None:
    (row,) = rows_of(docker_containers)
    own = os.readlink("/proc/self/ns/mnt")
    assert row["mnt_namespace"] == own[len("mnt:[") : -1]
    assert {key: value for key, value in row.items() if not key.endswith("_namespace")} == {
        "id": d.RUNNING,
        "name": "/boring_feynman",
        "image": "ubuntu:latest",
        "image_id": d.IMAGE,
        "command": "echo --password hunter2",
        "created": 1367854155,
        "state": "running",
        "status": "Up 2 minutes",
        "pid": os.getpid(),
        "started_at": "2015-01-06T15:47:32.072697474Z",
        "finished_at": "",
        "privileged": 1,
        "readonly_rootfs": 0,
        "path": "/bin/sh",
        "config_entrypoint": "/bin/sh, -c",
        "security_options": "label=disable, seccomp=unconfined",
        "env_variables": "PATH=/usr/sbin:/usr/bin, TOKEN=a=b, EMPTY=, BARE",
    }
    assert docker_service.asked == ["/containers/json", f"/containers/{d.RUNNING}/json"]


def test_one_that_does_not_run_is_told_of_by_its_id(docker_service: UnixService) -> None:
    (row,) = rows_of(docker_containers, id=d.STOPPED[:8])
    assert (row["id"], row["pid"], row["privileged"], row["readonly_rootfs"]) == (d.STOPPED[:8], 0, 0, 1)
    assert row["finished_at"] == "2015-01-06T15:48:32.1Z"
    assert "mnt_namespace" not in row
    (bare,) = rows_of(docker_containers, id=d.BARE)
    assert bare["name"] == ""
    assert rows_of(docker_containers, id="../../info") == []
    assert all(uri.startswith("/containers/") for uri in docker_service.asked)


def test_an_audit_sees_no_secret_of_it(docker_service: UnixService) -> None:
    columns = tuple(column.name for column in docker_containers.COLUMNS)
    (answer,) = read.read(LiveTarget(), [read.Request("docker_containers", columns, ())])
    assert answer.rows[0]["env_variables"] == REDACTED
    assert "hunter2" not in str(answer.rows)
    assert docker_service.asked


def test_what_can_not_be_asked_raises(docker_service: UnixService) -> None:
    with pytest.raises(NotObservable):
        list(docker_containers.rows(RootTarget("/"), Query()))
    docker_service.say({"message": "broken"}, 500)
    with pytest.raises(SourceError, match="status 500: broken"):
        rows_of(docker_containers)
    docker_service.say({"message": "broken"})
    with pytest.raises(Malformed):
        rows_of(docker_containers)
    docker_service.path.unlink()
    with pytest.raises(Missing, match="nobody listens"):
        rows_of(docker_containers)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Id", "Names", "State", "Config"]), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.binary() | _JSON)
def test_any_answer_is_taken_or_refused(docker_service: UnixService, told: object) -> None:
    docker_service.say(told)
    try:
        assert all(isinstance(row["id"], str) for row in rows_of(docker_containers))
    except SourceError:
        pass
