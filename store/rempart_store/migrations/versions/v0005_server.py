"""What ``rempart server`` keeps."""

import sqlalchemy as sa
from alembic import op

from rempart_store.schema.server_node import NODE_TABLES
from rempart_store.schema.server_person import PERSON_TABLES
from rempart_store.schema.server_work import WORK_TABLES

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.add_column("endpoint", sa.Column("proof", sa.String, nullable=False, server_default=""))
    op.create_index("endpoint_machine_id", "endpoint", ["machine_id"])
    for table in (*NODE_TABLES, *WORK_TABLES, *PERSON_TABLES):
        table.create(op.get_bind())


def downgrade() -> None:
    """Take the tables away."""
    for table in reversed((*NODE_TABLES, *WORK_TABLES, *PERSON_TABLES)):
        table.drop(op.get_bind())
    op.drop_index("endpoint_machine_id", "endpoint")
    op.drop_column("endpoint", "proof")
