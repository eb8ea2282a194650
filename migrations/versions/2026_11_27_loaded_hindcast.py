"""Which hindcast the store holds: a start need not read it again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_loaded_hindcast"
down_revision = "2026_11_26_reconciliations"


def upgrade() -> None:
    op.create_table(
        "loaded_hindcast",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loaded_hindcast"),
    )


def downgrade() -> None:
    op.drop_table("loaded_hindcast")
