"""Table docker_networks: the networks of Docker.

Source: Docker's Engine API, ``/networks``; the first subnet of each.
"""

from typing import Iterator

from rempart_agent.formats import rfc3339
from rempart_agent.formats.json_document import at, flag, items, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("name", TEXT),
    Column("driver", TEXT),
    Column("created", BIGINT),
    Column("enable_ipv6", INTEGER),
    Column("subnet", TEXT),
    Column("gateway", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each network.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    asked = query.equal("id")
    for network in docker.objects(docker.get(target, "docker_networks", "/networks")):
        first = (items(at(network, "IPAM", "Config")) or [None])[0]
        made = rfc3339.parse(text(network.get("Created")))
        for name in docker.named(text(network.get("Id")), asked):
            yield {
                "id": name,
                "name": text(network.get("Name")),
                "driver": text(network.get("Driver")),
                "created": made[0] if made else None,
                "enable_ipv6": flag(network.get("EnableIPv6")),
                "subnet": text(at(first, "Subnet")),
                "gateway": text(at(first, "Gateway")),
            }
