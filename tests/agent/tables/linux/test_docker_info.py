"""Table docker_info: what Docker tells of itself."""

from __future__ import annotations

import pytest
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_info


def test_the_daemon_is_asked(docker_service: UnixService) -> None:
    assert rows_of(docker_info) == [
        {
            "id": "7TRN:IPZB:QYBB:VPBQ:UMPP:KARE:6ZNR:XE6T:7EWV:PKF4:ZOJD:TPYS",
            "storage_driver": "overlay2",
            "logging_driver": "json-file",
            "cgroup_driver": "systemd",
            "kernel_version": "4.9.38-moby",
            "os": "Alpine Linux v3.5",
            "os_type": "linux",
            "architecture": "x86_64",
            "http_proxy": "http://user:hunter2@proxy.example.com:8080",
            "https_proxy": "",
            "no_proxy": "*.local, 169.254/16",
            "name": "node5.example.com",
            "server_version": "20.10.25",
            "root_dir": "/var/lib/docker",
            "containers": 14,
            "containers_running": 3,
            "containers_paused": 1,
            "containers_stopped": 10,
            "images": 508,
            "cpus": 4,
            "memory": 2095882240,
            "memory_limit": 1,
            "swap_limit": 0,
            "kernel_memory": 0,
            "cpu_cfs_period": 1,
            "cpu_cfs_quota": 1,
            "cpu_shares": 1,
            "cpu_set": 1,
            "ipv4_forwarding": 1,
            "bridge_nf_iptables": 1,
            "bridge_nf_ip6tables": 0,
            "oom_kill_disable": 0,
        }
    ]
    assert all(uri.startswith("/") for uri in docker_service.asked)


def test_an_answer_of_another_kind_raises(docker_service: UnixService) -> None:
    docker_service.say([3])
    with pytest.raises(Malformed):
        rows_of(docker_info)
