"""Table docker_container_networks: the networks of Docker's containers.

Source: Docker's Engine API, ``/containers/json``.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import at, mapping, numbers, texts
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("name", TEXT, index=True),
    Column("network_id", TEXT, collate="nocase"),
    Column("endpoint_id", TEXT, collate="nocase"),
    Column("gateway", TEXT),
    Column("ip_address", TEXT),
    Column("ip_prefix_len", INTEGER),
    Column("ipv6_gateway", TEXT),
    Column("ipv6_address", TEXT),
    Column("ipv6_prefix_len", INTEGER),
    Column("mac_address", TEXT, collate="nocase"),
)
_TEXTS = {
    "network_id": "NetworkID",
    "endpoint_id": "EndpointID",
    "gateway": "Gateway",
    "ip_address": "IPAddress",
    "ipv6_gateway": "IPv6Gateway",
    "ipv6_address": "GlobalIPv6Address",
    "mac_address": "MacAddress",
}
_NUMBERS = {"ip_prefix_len": "IPPrefixLen", "ipv6_prefix_len": "GlobalIPv6PrefixLen"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each network of each container.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, container in docker.containers(target, "docker_container_networks", query):
        for called, network in mapping(at(container, "NetworkSettings", "Networks")).items():
            row: Dict[str, Value] = {**texts(network, _TEXTS)}
            row.update(numbers(network, _NUMBERS))
            row.update(id=name, name=called)
            yield row
