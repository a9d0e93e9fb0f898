"""Table docker_container_envs: the environment of Docker's containers.

Source: Docker's Engine API, each container's ``json``. Audits redact ``value``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import at, items, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("key", TEXT),
    Column("value", TEXT, secret=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each variable.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, container in docker.containers(target, "docker_container_envs", query):
        told = docker.detail(target, "docker_container_envs", container)
        for variable in items(at(told, "Config", "Env")):
            key, mark, value = text(variable).partition("=")
            yield {"id": name, "key": key, "value": value if mark else key}
