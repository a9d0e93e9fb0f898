"""Table ec2_instance_tags."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from rempart_testing import cloud_world
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import ec2_instance_tags

MachineOf = Callable[..., RecordedTarget]
BASE = f"metadata {metadata.ADDRESS}/latest/"


def test_each_tag_is_a_row(machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    told = {
        BASE + "api/token": (404, ""),
        BASE + "dynamic/instance-identity/document": (200, json.dumps(cloud_world.IDENTITY)),
        "ec2 tags": [["stack", "Production"], ["empty", ""]],
    }
    assert list(ec2_instance_tags.rows(machine_of({}, told), Query())) == [
        {"instance_id": "i-1234567890abcdef0", "key": "stack", "value": "Production"},
        {"instance_id": "i-1234567890abcdef0", "key": "empty", "value": ""},
    ]
    told[BASE + "dynamic/instance-identity/document"] = (404, "")
    with pytest.raises(Missing, match="does not tell of an instance"):
        list(ec2_instance_tags.rows(machine_of({}, told), Query()))
