"""Table docker_images: the images of Docker.

Source: Docker's Engine API, ``/images/json``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import number, text, words
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, collate="nocase"),
    Column("created", BIGINT),
    Column("size_bytes", BIGINT),
    Column("tags", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each image.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for image in docker.objects(docker.get(target, "docker_images", "/images/json")):
        yield {
            "id": docker.bare(text(image.get("Id"))),
            "created": number(image.get("Created")),
            "size_bytes": number(image.get("Size")),
            "tags": words(image.get("RepoTags"), ","),
        }
