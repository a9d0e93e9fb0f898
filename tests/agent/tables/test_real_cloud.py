"""Tables that ask a cloud for this machine: the same rows as a real osquery's, in a network that the test makes."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.cloud_world import ask_both
from rempart_testing.real_osquery import BOUND, ask, told

OF_THE_CLOUD = (
    "SELECT * FROM azure_instance_metadata",
    "SELECT * FROM azure_instance_tags",
    "SELECT * FROM ycloud_instance_metadata",
    "SELECT * FROM ycloud_instance_metadata WHERE metadata_endpoint = 'http://169.254.169.254:80'",
)
OF_EC2 = ("SELECT * FROM ec2_instance_metadata", "SELECT * FROM ec2_instance_tags")
HAS_EC2 = "SELECT 1 FROM osquery_registry WHERE registry = 'table' AND name LIKE 'ec2_%'"


@BOUND
def test_a_cloud_is_told_of_in_the_same_way(tmp_path: Path) -> None:
    statements = [*OF_THE_CLOUD, *(OF_EC2 if ask(HAS_EC2) else ())]  # which some builds of osquery leave out
    for sql, (theirs, ours) in zip(statements, ask_both(statements, tmp_path), strict=True):
        assert theirs, sql
        assert told(ours) == told(theirs), sql
