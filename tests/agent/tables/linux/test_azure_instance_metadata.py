"""Table azure_instance_metadata."""

from __future__ import annotations

import json
from collections.abc import Callable

from rempart_testing import cloud_world
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import azure_instance_metadata

MachineOf = Callable[..., RecordedTarget]
SOURCE = f"metadata {metadata.ADDRESS}/metadata/instance/compute?api-version=2018-02-01"


def test_a_machine_is_told_of(machine_of: MachineOf) -> None:
    machine = machine_of({"/var/log/waagent.log": ""}, {SOURCE: (200, json.dumps(cloud_world.AZURE))})
    (row,) = azure_instance_metadata.rows(machine, Query())
    assert set(row) == {column.name for column in azure_instance_metadata.COLUMNS}
    assert (row["vm_id"], row["os_type"], row["platform_fault_domain"]) == (cloud_world.AZURE["vmId"], "Linux", "1")
    assert (row["vm_scale_set_name"], row["zone"]) == ("", "")  # a number, and nothing at all
