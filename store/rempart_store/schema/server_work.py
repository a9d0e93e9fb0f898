"""Tables of ``rempart server``: audits under way, answers, what is done besides requests, and webhooks."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table, Text

from rempart_store.schema.blob import Blob
from rempart_store.schema.table import metadata

server_audit = Table(
    "server_audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("node_id", Integer, nullable=False, index=True),
    Column("state", String, nullable=False),  # "open", "complete" (to be judged), "judged", "dropped"
    Column("round", SmallInteger, nullable=False),
    Column("begun", BigInteger, nullable=False),
    Column("deadline", BigInteger, nullable=False),
    Column("plan", Blob, nullable=False),  # JSON, packed: what is to be asked, and what is out with the node
    Column("sequence", Integer, nullable=False),  # number of the last batch
    Column("leased", BigInteger),  # until when the batch that is out may be answered; None where none is out
    Index("server_audit_state", "state"),
)

server_answer = Table(
    "server_answer",
    metadata,
    Column("audit_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Blob, primary_key=True),  # of the statement
    Column(
        "status", Integer, nullable=False
    ),  # 0 answered; 1 osquery's failure; -1 unanswered; -2 denylisted; -3 unusable; -4 hidden
    Column("said", Text, nullable=False),  # osquery's word where it failed
    Column("rows", Blob, nullable=False),  # JSON, packed
    Column("received", BigInteger, nullable=False),
)

server_job = Table(
    "server_job",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),  # two of one kind and key are one
    Column("payload", Text, nullable=False),  # JSON
    Column("run_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("holder", String, nullable=False),  # which worker does it; "" where none does
    Column("held_until", BigInteger),
    Column("done", BigInteger),
    Column("failed", Text, nullable=False),  # the last failure
    Index("server_job_due", "done", "run_at"),
)

server_lease = Table(
    "server_lease",
    metadata,
    Column("name", String, primary_key=True),  # what one worker at a time may do
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)

server_hook = Table(
    "server_hook",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("kinds", Text, nullable=False),  # JSON list
    Column("groups", Text, nullable=False),  # JSON list of names; empty for all
    Column("private", Boolean, nullable=False),  # whether private addresses are allowed
    Column("enabled", Boolean, nullable=False),
)

server_hook_delivery = Table(
    "server_hook_delivery",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("hook_id", Integer, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", BigInteger),
    Column("done", BigInteger),
    Column("status", String, nullable=False),
)

WORK_TABLES = (server_audit, server_answer, server_job, server_lease, server_hook, server_hook_delivery)
"""All of these, in the order in which they are made."""
