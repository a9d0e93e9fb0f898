"""Table docker_volumes: the volumes of Docker.

Source: Docker's Engine API, ``/volumes``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import at, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True, argument=True),
    Column("driver", TEXT),
    Column("mount_point", TEXT),
    Column("type", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each volume.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for volume in docker.volumes(target, "docker_volumes"):
        for name in docker.named(text(volume.get("Name")), query.equal("name")):
            yield {
                "name": name,
                "driver": text(volume.get("Driver")),
                "mount_point": text(volume.get("Mountpoint")),
                "type": text(at(volume, "Options", "type")),
            }
