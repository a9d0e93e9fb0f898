"""Table docker_image_history: how Docker's images were made.

Source: Docker's Engine API, each image's ``history``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import number, text, words
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("created", BIGINT),
    Column("size", BIGINT),
    Column("created_by", TEXT, command=True),
    Column("tags", TEXT),
    Column("comment", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each step.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, place in docker.images(target, "docker_image_history", query):
        told = docker.find(target, "docker_image_history", "/images/" + place + "/history")
        for step in docker.objects(told):
            yield {
                "id": name,
                "created": number(step.get("Created")),
                "size": number(step.get("Size")),
                "created_by": text(step.get("CreatedBy")),
                "tags": words(step.get("Tags"), ","),
                "comment": text(step.get("Comment")),
            }
