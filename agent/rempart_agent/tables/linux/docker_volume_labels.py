"""Table docker_volume_labels: the labels of Docker's volumes.

Source: Docker's Engine API, ``/volumes``.
"""

from typing import Iterator

from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True, argument=True),
    Column("key", TEXT, index=True),
    Column("value", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each label.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    return docker.labels(docker.volumes(target, "docker_volume_labels"), "name", "Name", query.equal("name"))
