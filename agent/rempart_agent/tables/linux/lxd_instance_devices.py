"""Table lxd_instance_devices: the devices of LXD's containers.

Source: LXD's REST API, ``/1.0/containers/NAME``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import at, mapping, text
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True, argument=True, required=True),
    Column("device", TEXT),
    Column("device_type", TEXT),
    Column("key", TEXT),
    Column("value", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting of each device of those that ``name`` names.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    for name in query.equal("name") or ():
        for uri in lxd.containers(target, "lxd_instance_devices", [name]):
            found = lxd.find(target, "lxd_instance_devices", uri)
            for device, settings in mapping(at(found, "expanded_devices")).items():
                kind = text(at(settings, "type"))
                for key, value in mapping(settings).items():
                    if key != "type":
                        yield {"name": name, "device": device, "device_type": kind, "key": key, "value": text(value)}
