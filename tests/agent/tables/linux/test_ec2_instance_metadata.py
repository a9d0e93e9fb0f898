"""Table ec2_instance_metadata."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rempart_testing import cloud_world
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import Malformed, Query
from rempart_agent.tables.linux import ec2_instance_metadata

MachineOf = Callable[..., RecordedTarget]
BASE = f"metadata {metadata.ADDRESS}/latest/"
TOLD = {BASE + "api/token": (404, ""), **{BASE + path: (200, text) for path, text in cloud_world.EC2.items()}}


def test_an_instance_is_told_of(machine_of: MachineOf) -> None:
    told = {**TOLD, BASE + "meta-data/security-groups": (200, "default\nweb\n"), BASE + "meta-data/iam/info": (404, "")}
    (row,) = ec2_instance_metadata.rows(machine_of({}, told), Query())
    assert row == {
        "instance_id": "i-1234567890abcdef0",
        "instance_type": "t2.micro",
        "architecture": "x86_64",
        "region": "us-east-1",
        "availability_zone": "us-east-1d",
        "local_hostname": "ip-10-158-112-84.us-west-2.compute.internal",
        "local_ipv4": "10.158.112.84",
        "mac": "02:29:96:8f:6a:2d",
        "security_groups": "default,web",
        "ami_id": "ami-5fb8c835",
        "reservation_id": "r-fea54097",
        "account_id": "123456789012",
        "ssh_public_key": "ssh-rsa AAAA my-key",
    }
    (row,) = ec2_instance_metadata.rows(machine_of({}, TOLD), Query())
    assert row["iam_arn"] == "arn:aws:iam::123:instance-profile/x"


def test_what_is_no_document_raises(machine_of: MachineOf) -> None:
    with pytest.raises(Malformed):
        list(
            ec2_instance_metadata.rows(
                machine_of({}, {**TOLD, BASE + "dynamic/instance-identity/document": (200, "<html>")}), Query()
            )
        )
