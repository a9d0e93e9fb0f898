"""Tables of ``rempart server``: groups, the secrets by which machines enrol, and nodes.

Times are seconds since 1970, UTC. Secrets and keys are kept as SHA-256 only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from rempart_store.schema.table import metadata

server_group = Table(
    "server_group",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False, unique=True),
    Column("profile", String, nullable=False),
    Column("role", String, nullable=False),  # "" where each machine's own is recognised
    Column("parameters", Text, nullable=False),  # JSON, as --set has them
    Column("created", BigInteger, nullable=False),
)

server_secret = Table(
    "server_secret",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("group_id", Integer, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("uses", Integer),  # None: as often as it is shown
    Column("used", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ends", BigInteger),
    Column("revoked", BigInteger),
)

server_node = Table(
    "server_node",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("door", String, nullable=False),  # "osquery" or "agent"
    Column("group_id", Integer, nullable=False, index=True),
    Column("name", String, nullable=False, index=True),  # its host name
    Column("identifier", String, nullable=False, index=True),  # osquery's host_identifier; of an agent its public key
    Column("uuid", String, nullable=False, index=True),  # of the machine, as it says
    Column("instance_id", String, nullable=False),  # of osquery's database
    Column("machine_id", String, nullable=False),  # hashed, as the store's endpoints have it; "" where it is not known
    Column("platform", String, nullable=False),
    Column("system", String, nullable=False),
    Column("version", String, nullable=False),  # of osquery or of the agent
    Column("state", String, nullable=False),  # "active", "waiting" (to be accepted), "revoked", "merged"
    Column("clone", Text, nullable=False),  # why it is thought to be two machines; "" where it is not
    Column("merged_into", Integer),
    Column("enrolled", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("audited", BigInteger),  # when its last audit was judged
    Column("due", BigInteger, nullable=False),  # when its next audit begins
    Column("address", String, nullable=False),
    Index("server_node_due", "state", "due"),
)

server_node_key = Table(
    "server_node_key",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("node_id", Integer, nullable=False, index=True),
    Column("created", BigInteger, nullable=False),
    Column("ends", BigInteger),  # of a key that was replaced
)

server_setting = Table(
    "server_setting",
    metadata,
    Column("name", String, primary_key=True),  # what all workers share: revision of nodes, id of this server
    Column("value", Text, nullable=False),
)

server_denied = Table(
    "server_denied",
    metadata,
    Column("node_id", Integer, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, primary_key=True),  # of a statement that osquery will not answer
    Column("until", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
)

NODE_TABLES = (server_group, server_secret, server_node, server_node_key, server_setting, server_denied)
"""All of these, in the order in which they are made."""
