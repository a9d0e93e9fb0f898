"""Tables that ask services: the same rows as a real osquery's, which asks the same service."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.lxd_daemon import FINGERPRINT
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.unix_service import UnixService

from rempart_agent.targets.live import LiveTarget

OF_CONTAINERS = ("s", "_envs", "_labels", "_mounts", "_networks", "_ports")
OF_DOCKER = (
    *(f"SELECT * FROM docker_container{name}" for name in OF_CONTAINERS),
    *(f"SELECT * FROM docker_container{name} WHERE id = '{d.STOPPED[:8]}'" for name in OF_CONTAINERS),
    *(f"SELECT * FROM docker_container{name} WHERE id IN ('{d.BARE}', 'nothex', 'ffff')" for name in OF_CONTAINERS),
    f"SELECT pid, name, cmdline, cpu, mem, total_size FROM docker_container_processes WHERE id = '{d.RUNNING}'",
    f"SELECT * FROM docker_container_stats WHERE id = '{d.RUNNING[:8]}'",
    f"SELECT * FROM docker_container_fs_changes WHERE id IN ('{d.RUNNING[:8]}', '{d.STOPPED}', 'ffff', '')",
    "SELECT c.name, p.pid FROM docker_containers AS c JOIN docker_container_processes AS p ON p.id = c.id",
    "SELECT id, typeof(pid), typeof(created), typeof(name) FROM docker_containers",
    *(f"SELECT * FROM docker_image{name}" for name in ("s", "_labels", "_layers", "_history")),
    f"SELECT * FROM docker_image_layers WHERE id = '{d.IMAGE[:9]}'",
    f"SELECT * FROM docker_image_history WHERE id IN ('{d.IMAGE[:9]}', '{d.UNTAGGED}')",
    f"SELECT * FROM docker_image_labels WHERE id = '{d.IMAGE[:9]}'",
    *(f"SELECT * FROM docker_{name}" for name in ("networks", "network_labels", "volumes", "volume_labels")),
    f"SELECT * FROM docker_networks WHERE id = '{d.NETWORK[:10]}'",
    "SELECT * FROM docker_volumes WHERE name = 'tardis'",
    "SELECT * FROM docker_volume_labels WHERE name = 'tardis'",
    "SELECT * FROM docker_info",
    "SELECT * FROM docker_version",
)
OF_LXD = (
    *(f"SELECT * FROM lxd_{name}" for name in ("certificates", "cluster", "cluster_members", "images", "instances")),
    "SELECT * FROM lxd_networks",
    "SELECT * FROM lxd_storage_pools",
    "SELECT * FROM lxd_instances WHERE name IN ('foo', 'nope')",
    "SELECT * FROM lxd_instance_config WHERE name = 'foo'",
    "SELECT * FROM lxd_instance_devices WHERE name IN ('foo', 'nope')",
    f"SELECT * FROM lxd_images WHERE id = '{FINGERPRINT}'",
    "SELECT i.name, c.value FROM lxd_instances AS i JOIN lxd_instance_config AS c USING (name)",
)


@NAMED
@pytest.mark.parametrize("sql", OF_DOCKER)
def test_docker_has_the_same_rows(docker_service: UnixService, sql: str) -> None:
    theirs = ask(sql, options=(f"--docker_socket={docker_service.path}",))
    assert told(embedded(LiveTarget(), sql)) == told(theirs)


@NAMED
@pytest.mark.parametrize("sql", OF_LXD)
def test_lxd_has_the_same_rows(lxd_service: UnixService, sql: str) -> None:
    theirs = ask(sql, options=(f"--lxd_socket={lxd_service.path}",))
    assert told(embedded(LiveTarget(), sql)) == told(theirs)
    assert theirs
