"""What series take from each other."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_pools"
down_revision = "2026_11_24_evaluation"


def upgrade() -> None:
    op.create_table(
        "pools",
        sa.Column("id", sa.Integer()),
        sa.Column("knowledge", sa.String(64), nullable=False),
        sa.Column("method", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(64)),
        sa.Column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_pools"),
        sa.UniqueConstraint("knowledge", "method", name="uq_pools_knowledge_method"),
    )


def downgrade() -> None:
    op.drop_table("pools")
