"""Table docker_container_stats: what a container of Docker uses.

Source: Docker's Engine API, the container's ``stats``, of which Docker takes two a second apart. A moment that is
not told, or that a column can't hold, is unset.
"""

from typing import Dict, Iterator

from rempart_agent.formats import rfc3339
from rempart_agent.formats.json_document import Document, at, mapping, number, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, required=True, collate="nocase"),
    Column("name", TEXT, index=True),
    Column("pids", INTEGER),
    Column("read", BIGINT),
    Column("preread", BIGINT),
    Column("interval", BIGINT),
    Column("disk_read", BIGINT),
    Column("disk_write", BIGINT),
    Column("num_procs", INTEGER),
    Column("cpu_total_usage", BIGINT),
    Column("cpu_kernelmode_usage", BIGINT),
    Column("cpu_usermode_usage", BIGINT),
    Column("system_cpu_usage", BIGINT),
    Column("online_cpus", INTEGER),
    Column("pre_cpu_total_usage", BIGINT),
    Column("pre_cpu_kernelmode_usage", BIGINT),
    Column("pre_cpu_usermode_usage", BIGINT),
    Column("pre_system_cpu_usage", BIGINT),
    Column("pre_online_cpus", INTEGER),
    Column("memory_usage", BIGINT),
    Column("memory_cached", BIGINT),
    Column("memory_inactive_file", BIGINT),
    Column("memory_total_inactive_file", BIGINT),
    Column("memory_max_usage", BIGINT),
    Column("memory_limit", BIGINT),
    Column("network_rx_bytes", BIGINT),
    Column("network_tx_bytes", BIGINT),
)
_NUMBERS = {
    "pids": ("pids_stats", "current"),
    "num_procs": ("num_procs",),
    "cpu_total_usage": ("cpu_stats", "cpu_usage", "total_usage"),
    "cpu_kernelmode_usage": ("cpu_stats", "cpu_usage", "usage_in_kernelmode"),
    "cpu_usermode_usage": ("cpu_stats", "cpu_usage", "usage_in_usermode"),
    "system_cpu_usage": ("cpu_stats", "system_cpu_usage"),
    "online_cpus": ("cpu_stats", "online_cpus"),
    "pre_cpu_total_usage": ("precpu_stats", "cpu_usage", "total_usage"),
    "pre_cpu_kernelmode_usage": ("precpu_stats", "cpu_usage", "usage_in_kernelmode"),
    "pre_cpu_usermode_usage": ("precpu_stats", "cpu_usage", "usage_in_usermode"),
    "pre_system_cpu_usage": ("precpu_stats", "system_cpu_usage"),
    "pre_online_cpus": ("precpu_stats", "online_cpus"),
    "memory_usage": ("memory_stats", "usage"),
    "memory_cached": ("memory_stats", "stats", "cache"),
    "memory_inactive_file": ("memory_stats", "stats", "inactive_file"),
    "memory_total_inactive_file": ("memory_stats", "stats", "total_inactive_file"),
    "memory_max_usage": ("memory_stats", "max_usage"),
    "memory_limit": ("memory_stats", "limit"),
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each container that ``id`` names.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name in query.equal("id") or ():
        if docker.is_id(name):
            uri = "/containers/" + docker.quoted(name) + "/stats?stream=false"
            told = docker.find(target, "docker_container_stats", uri)
            if told is not None:
                yield {"id": name, "name": text(at(told, "name")), **parse(docker.one(told))}


def parse(told: Document) -> Dict[str, Value]:
    """Return what the figures of a container are, without its name."""
    row: Dict[str, Value] = {column: number(at(told, *path)) for column, path in _NUMBERS.items()}
    for column, operation in (("disk_read", "read"), ("disk_write", "write")):
        done = docker.objects(at(told, "blkio_stats", "io_service_bytes_recursive"))
        same = [entry for entry in done if text(entry.get("op")).lower() == operation]
        row[column] = number(sum(number(entry.get("value")) or 0 for entry in same))
    networks = mapping(at(told, "networks")).values()
    for column in ("rx_bytes", "tx_bytes"):
        row["network_" + column] = number(sum(number(at(one, column)) or 0 for one in networks))
    last, first = (rfc3339.parse(text(at(told, key))) for key in ("read", "preread"))
    if last:
        row["read"] = last[0]
    if first:
        row["preread"] = first[0]
    if last and first:
        row["interval"] = number((last[0] - first[0]) * 1_000_000_000 + last[1] - first[1])
    return row
