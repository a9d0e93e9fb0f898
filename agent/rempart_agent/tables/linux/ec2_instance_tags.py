"""Table ec2_instance_tags: the tags that this instance has in Amazon EC2.

Sources: EC2's instance metadata service for the instance, and EC2's API of its region for the tags, by HTTPS, with the
keys that ``rempart_agent.readers.services.aws`` finds. It goes onto the network.
"""

from typing import Iterator, List

from rempart_agent.formats.json_document import text
from rempart_agent.readers.services import aws, metadata
from rempart_agent.source.contract import TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("instance_id", TEXT),
    Column("key", TEXT),
    Column("value", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each tag.

    Raises:
        Missing: no instance, or no keys to ask with.
        SourceError: a service does not answer, or refuses.
    """
    table = "ec2_instance_tags"
    identity = metadata.ec2_identity(target, table)
    instance, region = text(identity.get("instanceId")), text(identity.get("region"))
    if not instance or not region:
        raise Missing("the metadata service does not tell of an instance of EC2")
    pair = aws.keys(target, table)
    told: List[List[str]] = target.ask("ec2 tags", lambda: [list(tag) for tag in aws.tags(region, instance, pair)])
    for key, value in told:
        yield {"instance_id": instance, "key": key, "value": value}
