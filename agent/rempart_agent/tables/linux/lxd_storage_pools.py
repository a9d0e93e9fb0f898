"""Table lxd_storage_pools: the storage pools of LXD.

Source: LXD's REST API, ``/1.0/storage-pools``, each one's ``resources``.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import numbers, texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT),
    Column("driver", TEXT),
    Column("source", TEXT),
    Column("size", TEXT),
    Column("space_used", BIGINT, costly=True),
    Column("space_total", BIGINT, costly=True),
    Column("inodes_used", BIGINT, costly=True),
    Column("inodes_total", BIGINT, costly=True),
)
_KINDS, _PARTS = ("space", "inodes"), ("used", "total")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each pool.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    for uri in lxd.urls(target, "lxd_storage_pools", "/1.0/storage-pools"):
        found = lxd.find(target, "lxd_storage_pools", uri)
        if found is None:
            continue
        row: Dict[str, Value] = {**texts(found, {"name": "name", "driver": "driver"})}
        row.update(texts(found.get("config"), {"source": "source", "size": "size"}))
        if any(kind + "_" + part in query.columns for kind in _KINDS for part in _PARTS):
            path, mark, more = uri.partition("?")
            used = lxd.find(target, "lxd_storage_pools", path + "/resources" + mark + more)
            if used is not None:
                for kind in _KINDS:
                    row.update(numbers(used.get(kind), {kind + "_" + part: part for part in _PARTS}))
        yield row
