"""Table lxd_instances: the containers of LXD.

Source: LXD's REST API, ``/1.0/containers``, each one's ``metadata`` and ``state``.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import at, flags, mapping, numbers, text, texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True, argument=True),
    Column("status", TEXT),
    Column("stateful", INTEGER),
    Column("ephemeral", INTEGER),
    Column("created_at", TEXT),
    Column("base_image", TEXT),
    Column("architecture", TEXT, costly=True),
    Column("os", TEXT, costly=True),
    Column("description", TEXT, costly=True),
    Column("pid", INTEGER, costly=True),
    Column("processes", INTEGER, costly=True),
)
_TEXTS = {"name": "name", "status": "status", "created_at": "created_at"}
_FLAGS = {"stateful": "stateful", "ephemeral": "ephemeral"}
_OF_IMAGE = {"description": "description", "os": "os", "architecture": "architecture"}
_OF_STATE = {"pid": "pid", "processes": "processes"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each container.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    for uri in lxd.containers(target, "lxd_instances", query.equal("name")):
        found = lxd.find(target, "lxd_instances", uri)
        if found is None:
            continue
        row: Dict[str, Value] = {**texts(found, _TEXTS), **flags(found, _FLAGS)}
        row["base_image"] = text(mapping(found.get("config")).get("volatile.base_image"))
        if not _OF_IMAGE.keys().isdisjoint(query.columns):
            image = lxd.find(target, "lxd_instances", _part(uri, "metadata"))
            row.update(texts(at(image, "properties"), _OF_IMAGE))
        if not _OF_STATE.keys().isdisjoint(query.columns):
            state = lxd.find(target, "lxd_instances", _part(uri, "state"))
            if state is not None:
                row.update(numbers(state, _OF_STATE))
        yield row


def _part(uri: str, name: str) -> str:
    path, mark, more = uri.partition("?")
    return path + "/" + name + mark + more
