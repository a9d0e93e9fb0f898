"""Table docker_container_mounts: what is mounted in Docker's containers.

Source: Docker's Engine API, ``/containers/json``.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import flag, texts
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("type", TEXT),
    Column("name", TEXT, index=True),
    Column("source", TEXT),
    Column("destination", TEXT),
    Column("driver", TEXT),
    Column("mode", TEXT),
    Column("rw", INTEGER),
    Column("propagation", TEXT),
)
_TEXTS = {
    "type": "Type",
    "name": "Name",
    "source": "Source",
    "destination": "Destination",
    "driver": "Driver",
    "mode": "Mode",
    "propagation": "Propagation",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each mount.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, container in docker.containers(target, "docker_container_mounts", query):
        for mount in docker.objects(container.get("Mounts")):
            row: Dict[str, Value] = {**texts(mount, _TEXTS)}
            row.update(id=name, rw=flag(mount.get("RW")))
            yield row
