"""Table docker_container_stats: what a container of Docker uses."""

from __future__ import annotations

import pytest
from rempart_testing import docker_daemon as d
from rempart_testing.service_rows import rows_of
from rempart_testing.unix_service import UnixService

from rempart_agent.source.contract import Malformed
from rempart_agent.tables.linux import docker_container_stats


def test_the_figures_are_a_row(docker_service: UnixService) -> None:
    (row,) = rows_of(docker_container_stats, id=d.RUNNING)
    assert row == {
        "id": d.RUNNING,
        "name": "/boring_feynman",
        "pids": 3,
        "num_procs": 0,
        "cpu_total_usage": 100215355,
        "cpu_kernelmode_usage": 30000000,
        "cpu_usermode_usage": 50000000,
        "system_cpu_usage": 739306590000000,
        "online_cpus": 4,
        "pre_cpu_total_usage": 100093996,
        "pre_cpu_kernelmode_usage": 29999999,
        "pre_cpu_usermode_usage": 49999999,
        "pre_system_cpu_usage": 9492140000000,
        "pre_online_cpus": 4,
        "memory_usage": 6537216,
        "memory_cached": 7,
        "memory_inactive_file": 8,
        "memory_total_inactive_file": 9,
        "memory_max_usage": 6651904,
        "memory_limit": 67108864,
        "disk_read": 103,
        "disk_write": 20,
        "network_rx_bytes": 9979,
        "network_tx_bytes": 1338,
        "read": 1420757851,
        "preread": 1420757850,
        "interval": 1000000004,
    }
    assert rows_of(docker_container_stats, id="ffff") == []
    assert docker_service.asked[0].endswith("/stats?stream=false")


def test_what_is_not_told_or_too_large_is_unset() -> None:
    row = docker_container_stats.parse({"memory_stats": {"limit": (1 << 64) - 1}, "blkio_stats": {}})
    assert row["memory_limit"] is None
    assert row["disk_read"] == row["network_rx_bytes"] == 0
    assert "interval" not in row


def test_another_answer_raises(docker_service: UnixService) -> None:
    docker_service.say([])
    with pytest.raises(Malformed):
        rows_of(docker_container_stats, id=d.RUNNING)
