"""Table lxd_instance_config: the settings of LXD's containers.

Source: LXD's REST API, ``/1.0/containers/NAME``. Audits redact ``value``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import at, mapping, text
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True, argument=True, required=True),
    Column("key", TEXT),
    Column("value", TEXT, secret=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting of those that ``name`` names.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    for name in query.equal("name") or ():
        for uri in lxd.containers(target, "lxd_instance_config", [name]):
            found = lxd.find(target, "lxd_instance_config", uri)
            for key, value in mapping(at(found, "config")).items():
                yield {"name": name, "key": key, "value": text(value)}
