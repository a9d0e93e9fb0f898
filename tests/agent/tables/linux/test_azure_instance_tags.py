"""Table azure_instance_tags."""

from __future__ import annotations

import json
from collections.abc import Callable

from rempart_testing import cloud_world
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import azure_instance_tags

MachineOf = Callable[..., RecordedTarget]
SOURCE = f"metadata {metadata.ADDRESS}/metadata/instance/compute?api-version=2018-02-01"


def test_each_tag_is_a_row(machine_of: MachineOf) -> None:
    machine = machine_of({"/var/log/waagent.log": ""}, {SOURCE: (200, json.dumps(cloud_world.AZURE))})
    rows = list(azure_instance_tags.rows(machine, Query()))
    assert [(row["key"], row["value"]) for row in rows] == [("owner", "me"), ("url", "http://x"), ("empty", "")]
    assert {row["vm_id"] for row in rows} == {cloud_world.AZURE["vmId"]}
