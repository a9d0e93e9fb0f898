"""Table lxd_cluster: whether this LXD is part of a cluster.

Source: LXD's REST API, ``/1.0/cluster``. Of what a member has to be told, the last key is in the row, as in
osquery.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import flag, items, text, texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("server_name", TEXT),
    Column("enabled", INTEGER),
    Column("member_config_entity", TEXT),
    Column("member_config_name", TEXT),
    Column("member_config_key", TEXT),
    Column("member_config_value", TEXT),
    Column("member_config_description", TEXT),
)
_MEMBER = {
    "member_config_entity": "entity",
    "member_config_name": "name",
    "member_config_key": "key",
    "member_config_value": "value",
    "member_config_description": "description",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    found = lxd.find(target, "lxd_cluster", "/1.0/cluster")
    if found is not None:
        row: Dict[str, Value] = {"server_name": text(found.get("server_name")), "enabled": flag(found.get("enabled"))}
        for member in items(found.get("member_config")):
            row.update(texts(member, _MEMBER))
        yield row
