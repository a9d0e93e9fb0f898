"""Table docker_info: what Docker tells of itself and of its machine.

Source: Docker's Engine API, ``/info``. Proxies may hold a password.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import flags, numbers, texts
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, collate="nocase"),
    Column("containers", INTEGER),
    Column("containers_running", INTEGER),
    Column("containers_paused", INTEGER),
    Column("containers_stopped", INTEGER),
    Column("images", INTEGER),
    Column("storage_driver", TEXT),
    Column("memory_limit", INTEGER),
    Column("swap_limit", INTEGER),
    Column("kernel_memory", INTEGER),
    Column("cpu_cfs_period", INTEGER),
    Column("cpu_cfs_quota", INTEGER),
    Column("cpu_shares", INTEGER),
    Column("cpu_set", INTEGER),
    Column("ipv4_forwarding", INTEGER),
    Column("bridge_nf_iptables", INTEGER),
    Column("bridge_nf_ip6tables", INTEGER),
    Column("oom_kill_disable", INTEGER),
    Column("logging_driver", TEXT),
    Column("cgroup_driver", TEXT),
    Column("kernel_version", TEXT, collate="version"),
    Column("os", TEXT),
    Column("os_type", TEXT),
    Column("architecture", TEXT),
    Column("cpus", INTEGER),
    Column("memory", BIGINT),
    Column("http_proxy", TEXT, command=True),
    Column("https_proxy", TEXT, command=True),
    Column("no_proxy", TEXT),
    Column("name", TEXT),
    Column("server_version", TEXT, collate="version"),
    Column("root_dir", TEXT),
)
_TEXTS = {
    "id": "ID",
    "storage_driver": "Driver",
    "logging_driver": "LoggingDriver",
    "cgroup_driver": "CgroupDriver",
    "kernel_version": "KernelVersion",
    "os": "OperatingSystem",
    "os_type": "OSType",
    "architecture": "Architecture",
    "http_proxy": "HttpProxy",
    "https_proxy": "HttpsProxy",
    "no_proxy": "NoProxy",
    "name": "Name",
    "server_version": "ServerVersion",
    "root_dir": "DockerRootDir",
}
_NUMBERS = {
    "containers": "Containers",
    "containers_running": "ContainersRunning",
    "containers_paused": "ContainersPaused",
    "containers_stopped": "ContainersStopped",
    "images": "Images",
    "cpus": "NCPU",
    "memory": "MemTotal",
}
_FLAGS = {
    "memory_limit": "MemoryLimit",
    "swap_limit": "SwapLimit",
    "kernel_memory": "KernelMemory",
    "cpu_cfs_period": "CpuCfsPeriod",
    "cpu_cfs_quota": "CpuCfsQuota",
    "cpu_shares": "CPUShares",
    "cpu_set": "CPUSet",
    "ipv4_forwarding": "IPv4Forwarding",
    "bridge_nf_iptables": "BridgeNfIptables",
    "bridge_nf_ip6tables": "BridgeNfIp6tables",
    "oom_kill_disable": "OomKillDisable",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    told = docker.one(docker.get(target, "docker_info", "/info"))
    row: Dict[str, Value] = {**texts(told, _TEXTS)}
    row.update(numbers(told, _NUMBERS))
    row.update(flags(told, _FLAGS))
    yield row
