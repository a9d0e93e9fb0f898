"""Table docker_image_layers: the layers of Docker's images.

Source: Docker's Engine API, each image's ``json``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import at, items, text
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("layer_id", TEXT, collate="nocase"),
    Column("layer_order", INTEGER),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each layer.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, place in docker.images(target, "docker_image_layers", query):
        told = docker.find(target, "docker_image_layers", "/images/" + place + "/json")
        for order, layer in enumerate(items(at(docker.one(told) if told is not None else None, "RootFS", "Layers")), 1):
            yield {"id": name, "layer_order": order, "layer_id": docker.bare(text(layer))}
