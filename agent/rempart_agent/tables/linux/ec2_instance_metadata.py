"""Table ec2_instance_metadata: what Amazon EC2 tells of this instance.

Source: EC2's instance metadata service at 169.254.169.254 (``rempart_agent.readers.services.metadata``). It goes onto
the network; a machine on which nobody answers there is no instance, and fails the statement.
"""

from typing import Dict, Iterator

from rempart_agent.formats import json_document
from rempart_agent.readers.services import metadata
from rempart_agent.source.contract import TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("instance_id", TEXT),
    Column("instance_type", TEXT),
    Column("architecture", TEXT),
    Column("region", TEXT),
    Column("availability_zone", TEXT),
    Column("local_hostname", TEXT),
    Column("local_ipv4", TEXT),
    Column("mac", TEXT, collate="nocase"),
    Column("security_groups", TEXT),
    Column("iam_arn", TEXT),
    Column("ami_id", TEXT),
    Column("reservation_id", TEXT),
    Column("account_id", TEXT),
    Column("ssh_public_key", TEXT),
)
_IDENTITY = {
    "instance_id": "instanceId",
    "instance_type": "instanceType",
    "local_ipv4": "privateIp",
    "availability_zone": "availabilityZone",
    "region": "region",
    "account_id": "accountId",
    "architecture": "architecture",
    "ami_id": "imageId",
}
_TEXTS = {
    "mac": "meta-data/mac",
    "local_hostname": "meta-data/local-hostname",
    "ssh_public_key": "meta-data/public-keys/0/openssh-key",
    "reservation_id": "meta-data/reservation-id",
    "security_groups": "meta-data/security-groups",
}
_ROLE = "meta-data/iam/info"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row.

    Raises:
        SourceError: the service does not answer, or refuses.
    """
    table = "ec2_instance_metadata"
    row: Dict[str, Value] = {**json_document.texts(metadata.ec2_identity(target, table), _IDENTITY)}
    role = metadata.ec2(target, table, _ROLE)
    if role:
        row["iam_arn"] = json_document.text(metadata.parsed(role, _ROLE).get("InstanceProfileArn"))
    for column, path in _TEXTS.items():
        row[column] = ",".join(metadata.ec2(target, table, path).split("\n")).rstrip(",")
    yield row
