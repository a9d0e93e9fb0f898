"""Until when signed documents were forgotten, as the key that signs them says."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forgotten",
        sa.Column("before", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("statement", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("forgotten")
