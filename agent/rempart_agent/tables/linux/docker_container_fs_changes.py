"""Table docker_container_fs_changes: what a container of Docker has changed of its image's files.

Source: Docker's Engine API, the container's ``changes``: A for added, C for changed, D for deleted.
"""

from typing import Iterator

from rempart_agent.formats.json_document import text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, required=True, collate="nocase"),
    Column("path", TEXT),
    Column("change_type", TEXT),
)
_KINDS = "CAD"  # pkg/archive of Docker: ChangeModify, ChangeAdd, ChangeDelete


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each change in the containers that ``id`` names.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name in query.equal("id") or ():
        if docker.is_id(name):
            uri = "/containers/" + docker.quoted(name) + "/changes"
            for change in docker.objects(docker.find(target, "docker_container_fs_changes", uri)):
                kind = change.get("Kind")
                if isinstance(kind, int) and 0 <= kind < len(_KINDS):
                    yield {"id": name, "path": text(change.get("Path")), "change_type": _KINDS[kind]}
