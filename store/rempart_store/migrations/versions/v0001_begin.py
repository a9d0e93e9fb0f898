"""The first store: runs, endpoints, visits, state intervals, pending updates, the chain of signed documents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STATES = ("pass", "fail", "error", "not_applicable", "not_checked", "waived")
_SEVERITIES = ("critical", "high", "medium", "low", "info")


def _counts(*names: str) -> "list[sa.Column[int]]":
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)


def upgrade() -> None:
    """Make the tables."""
    states = [f"count_{name}" for name in _STATES]
    op.create_table(
        "run",
        _number("number"),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger, nullable=False),
        sa.Column("hosts", sa.Integer, nullable=False),
        sa.Column("silent", sa.Integer, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        *_counts(*states, "count_open"),
    )
    op.create_index("ix_run_ended", "run", ["ended"])
    op.create_table(
        "endpoint",
        _number("id"),
        *[
            sa.Column(name, sa.String, nullable=False)
            for name in ("kind", "machine_id", "name", "group_name", "platform", "system", "role", "profile")
        ],
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.BigInteger),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("retired", sa.BigInteger),
        sa.Column("mark", sa.LargeBinary),
    )
    op.create_index("ix_endpoint_name", "endpoint", ["name"])
    op.create_table(
        "visit",
        _number("endpoint"),
        sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Integer),
        sa.Column("asked", sa.Text),
        *_counts(*states, *[f"open_{name}" for name in _SEVERITIES]),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "check_name",
        _number("id"),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("title_fr", sa.Text, nullable=False),
    )
    op.create_table(
        "interval",
        _number("endpoint"),
        _number("check_id"),
        sa.Column("since", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("severity", sa.SmallInteger, nullable=False),
        sa.Column("waived", sa.Boolean, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("interval_since", "interval", ["since"])
    op.create_index("interval_until", "interval", ["until"])
    op.create_table(
        "detail",
        _number("id"),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "pending",
        _number("endpoint"),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("candidate", sa.Text, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.BigInteger),
    )
    op.create_table(
        "link",
        _number("number"),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary),
    )
    op.create_index("ix_link_run", "link", ["run"])
    op.create_table(
        "part",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away."""
    for name in ("part", "link", "pending", "detail", "interval", "check_name", "visit", "endpoint", "run"):
        op.drop_table(name)
