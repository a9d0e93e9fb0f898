"""Table ycloud_instance_metadata: what Yandex Cloud tells of this virtual machine.

Source: its metadata service (``/computeMetadata/v1/instance/``) at 169.254.169.254, or at the addresses that
``metadata_endpoint`` names. It goes onto the network; a machine on which nobody answers there fails the statement.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import at, text
from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("instance_id", TEXT, index=True),
    Column("folder_id", TEXT),
    Column("cloud_id", TEXT),
    Column("name", TEXT),
    Column("description", TEXT),
    Column("hostname", TEXT),
    Column("zone", TEXT),
    Column("ssh_public_key", TEXT),
    Column("serial_port_enabled", TEXT),
    Column("metadata_endpoint", TEXT, index=True, argument=True),
)
_QUESTION = "/computeMetadata/v1/instance/?alt=json&recursive=true"
_PATHS = {
    "instance_id": ("id",),
    "folder_id": ("vendor", "folderId"),
    "cloud_id": ("vendor", "cloudId"),
    "name": ("name",),
    "description": ("description",),
    "hostname": ("hostname",),
    "ssh_public_key": ("attributes", "ssh-keys"),
    "serial_port_enabled": ("attributes", "serial-port-enable"),
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each service that is asked.

    Raises:
        SourceError: a service does not answer, or refuses.
    """
    for endpoint in query.equal("metadata_endpoint") or [metadata.ADDRESS]:
        told = metadata.document(
            target, "ycloud_instance_metadata", endpoint + _QUESTION, {"Metadata-Flavor": "Google"}
        )
        row: Dict[str, Value] = {column: text(at(told, *path)) for column, path in _PATHS.items()}
        row["zone"] = zone(text(told.get("zone")))
        row["metadata_endpoint"] = endpoint
        yield row


def zone(told: str) -> str:
    """Return the name of a zone: the last part of ``projects/ID/zones/NAME``.

    Args:
        told: As the service tells it; anything else is ``""``.
    """
    parts = [part for part in told.split("/") if part]
    return parts[3] if told.startswith("projects/") and len(parts) > 3 else ""
