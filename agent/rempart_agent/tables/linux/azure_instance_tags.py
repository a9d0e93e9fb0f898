"""Table azure_instance_tags: the tags that this virtual machine has in Azure.

Source: as of ``azure_instance_metadata``: its ``tags``, ``NAME:VALUE`` parted by semicolons.
"""

from typing import Iterator

from rempart_agent.formats.json_document import text
from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("vm_id", TEXT),
    Column("key", TEXT),
    Column("value", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each tag.

    Raises:
        Missing: no machine of Azure.
        SourceError: the service does not answer, or refuses.
    """
    told = metadata.azure(target, "azure_instance_tags")
    for tag in text(told.get("tags")).split(";"):
        key, colon, value = tag.partition(":")
        if colon:
            yield {"vm_id": text(told.get("vmId")), "key": key, "value": value}
