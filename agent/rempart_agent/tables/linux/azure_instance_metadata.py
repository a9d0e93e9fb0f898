"""Table azure_instance_metadata: what Azure tells of this virtual machine.

Source: Azure's instance metadata service at 169.254.169.254, version 2018-02-01. It goes onto the network, and only
where Azure's agent has left ``/var/log/waagent.log``; else the statement fails.
"""

from typing import Iterator

from rempart_agent.formats import json_document
from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
_KEYS = {
    "location": "location",
    "name": "name",
    "offer": "offer",
    "publisher": "publisher",
    "sku": "sku",
    "version": "version",
    "os_type": "osType",
    "platform_update_domain": "platformUpdateDomain",
    "platform_fault_domain": "platformFaultDomain",
    "vm_id": "vmId",
    "vm_size": "vmSize",
    "subscription_id": "subscriptionId",
    "resource_group_name": "resourceGroupName",
    "placement_group_id": "placementGroupId",
    "vm_scale_set_name": "vmScaleSetName",
    "zone": "zone",
}
COLUMNS = tuple(Column(name, TEXT, index=name == "vm_id") for name in _KEYS)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row.

    Raises:
        Missing: no machine of Azure.
        SourceError: the service does not answer, or refuses.
    """
    yield json_document.texts(metadata.azure(target, "azure_instance_metadata"), _KEYS)
