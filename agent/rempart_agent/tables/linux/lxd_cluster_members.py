"""Table lxd_cluster_members: the members of LXD's cluster.

Source: LXD's REST API, ``/1.0/cluster/members``. A server that is in no cluster has none.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import flag, texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("server_name", TEXT),
    Column("url", TEXT),
    Column("database", INTEGER),
    Column("status", TEXT),
    Column("message", TEXT),
)
_TEXTS = {"server_name": "server_name", "url": "url", "status": "status", "message": "message"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each member.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    cluster = lxd.find(target, "lxd_cluster_members", "/1.0/cluster")
    if cluster is None or not flag(cluster.get("enabled")):
        return
    for uri in lxd.urls(target, "lxd_cluster_members", "/1.0/cluster/members"):
        found = lxd.find(target, "lxd_cluster_members", uri)
        if found is not None:
            row: Dict[str, Value] = {**texts(found, _TEXTS)}
            row["database"] = flag(found.get("database"))
            yield row
