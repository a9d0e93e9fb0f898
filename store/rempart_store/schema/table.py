"""The store's tables. A change here needs a migration beside it; a test compares the two.

Times are seconds since 1970, UTC. Numbers of rows are given out here and not by the database, so that thousands of rows
go in with one statement; the one writer that there is at a time (``connection.begin``) makes that safe.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

STATES = ("pass", "fail", "error", "not_applicable", "not_checked")
SEVERITIES = ("critical", "high", "medium", "low", "info")
COUNTED = (*STATES, "waived")
COUNTS = tuple(f"count_{name}" for name in COUNTED)
OPEN = tuple(f"open_{name}" for name in SEVERITIES)


def _count(name: str) -> "Column[int]":
    return Column(name, Integer, nullable=False)


run = Table(
    "run",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False, index=True),
    Column("hosts", Integer, nullable=False),
    Column("silent", Integer, nullable=False),
    Column("whole", Boolean, nullable=False),
    *(_count(name) for name in (*COUNTS, "count_open")),
)

endpoint = Table(
    "endpoint",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("machine_id", String, nullable=False),
    Column("name", String, nullable=False, index=True),
    Column("group_name", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("system", String, nullable=False),
    Column("role", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("run", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("answered", BigInteger),
    Column("silent", Boolean, nullable=False),
    Column("retired", BigInteger),  # when another machine took its name
    Column("listed", BigInteger),  # when all its updates that waited were seen last
    Column("proof", String, nullable=False, server_default=""),  # see Run.proof
    Column("mark", LargeBinary),  # of the last whole answer: where it is the same again, nothing changed
    Index("endpoint_machine_id", "machine_id"),
)

visit = Table(
    "visit",
    metadata,
    Column("endpoint", Integer, primary_key=True, autoincrement=False),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Integer, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("reason", Integer),  # a detail, where the endpoint was silent
    Column("asked", Text),  # numbers of checks, where only some of a profile were asked
    *(_count(name) for name in (*COUNTS, *OPEN)),
    sqlite_with_rowid=False,
)

check = Table(
    "check_name",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False, unique=True),
    Column("title_en", Text, nullable=False),
    Column("title_fr", Text, nullable=False),
)

interval = Table(
    "interval",
    metadata,
    Column("endpoint", Integer, primary_key=True, autoincrement=False),
    Column("check_id", Integer, primary_key=True, autoincrement=False),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger),
    Column("state", SmallInteger, nullable=False),  # index into STATES
    Column("severity", SmallInteger, nullable=False),  # index into SEVERITIES
    Column("waived", Boolean, nullable=False),
    Column("failing_since", BigInteger),
    Column("mark", BigInteger, nullable=False),  # tells whether a result says the same
    Column("detail", Integer, nullable=False),
    Index("interval_since", "since"),
    Index("interval_until", "until"),
    sqlite_with_rowid=False,
)

detail = Table(
    "detail",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the text
    Column("content", LargeBinary, nullable=False),  # JSON, packed by zlib where that is shorter
    UniqueConstraint("digest"),
)

pending = Table(
    "pending",
    metadata,
    Column("endpoint", Integer, primary_key=True, autoincrement=False),
    Column("item", Text, primary_key=True),
    Column("candidate", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("absent", BigInteger),  # when it was seen before that it did not wait yet
    Column("gone", BigInteger),
)

link = Table(
    "link",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("run", Integer, nullable=False, index=True),
    Column("time", BigInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("hash", String, nullable=False),
    Column("link", Text, nullable=False),  # canonical JSON, as it was signed
    Column("document", LargeBinary),  # None where retention took it
)

delivery = Table(
    "delivery",
    metadata,
    Column("key", String, primary_key=True),  # the public key of an installed agent, in hex
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # of a document of its
    Column("digest", String, nullable=False),  # SHA-256, in hex
    sqlite_with_rowid=False,
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("before", BigInteger, primary_key=True, autoincrement=False),
    Column("statement", Text, nullable=False),  # canonical JSON, signed: see trust.forgetting
)

part = Table(
    "part",
    metadata,
    Column("digest", String, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
