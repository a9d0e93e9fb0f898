"""What is known of updates that wait: when all of a host were seen, and when one was seen not to wait yet."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("endpoint", sa.Column("listed", sa.BigInteger))
    op.add_column("pending", sa.Column("absent", sa.BigInteger))
