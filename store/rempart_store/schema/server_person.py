"""Tables of ``rempart server``: accounts, sessions, tokens of programs, decisions, and the chained log."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from rempart_store.schema.table import metadata

server_account = Table(
    "server_account",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False, unique=True),
    Column("subject", String, unique=True),  # issuer and subject of OIDC; None for a local account
    Column("password", Text, nullable=False),  # argon2id; "" where none is set
    Column("role", String, nullable=False),  # "viewer", "operator", "admin", "auditor"
    Column("groups", Text, nullable=False),  # JSON list of names; ["*"] for all
    Column("begins", BigInteger),  # of an auditor: the first moment that may be read
    Column("ends", BigInteger),  # the last one, after which nothing opens
    Column("language", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("disabled", BigInteger),
    Column("link", LargeBinary),  # SHA-256 of a one-time link
    Column("link_ends", BigInteger),
)

server_session = Table(
    "server_session",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account_id", Integer, nullable=False, index=True),
    Column("csrf", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

server_token = Table(
    "server_token",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("account_id", Integer, nullable=False, index=True),  # who made it; it may never more than that account
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ends", BigInteger),
    Column("revoked", BigInteger),
    Column("used", BigInteger),
)

server_event = Table(
    "server_event",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("link", Text, nullable=False),  # canonical JSON, with the hash of the one before, as it was signed
    Column("hash", String, nullable=False),
    Index("server_event_time", "time"),
)

server_attempt = Table(
    "server_attempt",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of what is counted: an account, an address, or both
    Column("since", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
)

server_proposal = Table(
    "server_proposal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("host", String, nullable=False),
    Column("group_name", String, nullable=False),  # of the host: who may read it may read this
    Column("check_name", String, nullable=False),
    Column("items", Text, nullable=False),  # JSON list; empty for all
    Column("reason", Text, nullable=False),
    Column("owner", String, nullable=False),
    Column("end", String, nullable=False),  # YYYY-MM-DD
    Column("proposer", Integer, nullable=False),
    Column("proposed", BigInteger, nullable=False),
    Column("approver", Integer),
    Column("decided", BigInteger),
    Column("state", String, nullable=False),  # "open", "approved", "refused", "withdrawn"
    Column("active", Boolean, nullable=False),
    Index("server_proposal_host", "host"),
)

PERSON_TABLES = (server_account, server_session, server_token, server_event, server_attempt, server_proposal)
"""All of these, in the order in which they are made."""
