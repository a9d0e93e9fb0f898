"""Table docker_container_labels: the labels of Docker's containers.

Source: Docker's Engine API, ``/containers/json``.
"""

from typing import Iterator

from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("key", TEXT, index=True),
    Column("value", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each label.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    asked = query.equal("id")
    uri = "/containers/json" + ("" if asked is None else "?all=1")
    listed = docker.objects(docker.get(target, "docker_container_labels", uri))
    return docker.labels(listed, "id", "Id", asked)
