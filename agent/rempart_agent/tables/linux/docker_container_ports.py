"""Table docker_container_ports: the ports of Docker's containers.

Source: Docker's Engine API, ``/containers/json``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import number, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, argument=True, collate="nocase"),
    Column("type", TEXT),
    Column("port", INTEGER),
    Column("host_ip", TEXT),
    Column("host_port", INTEGER),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each port.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, container in docker.containers(target, "docker_container_ports", query):
        for port in docker.objects(container.get("Ports")):
            yield {
                "id": name,
                "type": text(port.get("Type")),
                "port": number(port.get("PrivatePort")),
                "host_ip": text(port.get("IP")),
                "host_port": number(port.get("PublicPort")),
            }
