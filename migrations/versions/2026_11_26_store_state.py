"""A token that changes with whatever answers show."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_store_state"
down_revision = "2026_11_25_borders"


def upgrade() -> None:
    op.create_table(
        "store_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_store_state"),
    )
    op.execute("INSERT INTO store_state (id, token) VALUES (1, 'new')")


def downgrade() -> None:
    op.drop_table("store_state")
