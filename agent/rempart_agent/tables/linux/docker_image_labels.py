"""Table docker_image_labels: the labels of Docker's images.

Source: Docker's Engine API, ``/images/json``.
"""

from typing import Iterator

from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("key", TEXT),
    Column("value", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each label.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    listed = docker.objects(docker.get(target, "docker_image_labels", "/images/json"))
    return docker.labels(listed, "id", "Id", query.equal("id"))
