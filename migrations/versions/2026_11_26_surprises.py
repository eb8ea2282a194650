"""Surprises, kept as they were told: the scores that they follow from are replaced and outgrown."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_surprises"
down_revision = "2026_11_25_outcomes"


def upgrade() -> None:
    op.create_table(
        "surprises",
        sa.Column("id", sa.Integer()),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(50), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Date(), nullable=False),
        sa.Column("vintage", sa.String(20), nullable=False),
        sa.Column("median", sa.Double()),
        sa.Column("lower_80", sa.Double()),
        sa.Column("upper_80", sa.Double()),
        sa.Column("percentile", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("adjusted", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_surprises"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name="fk_surprises_series_id_series", ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "series_id",
            "model",
            "period",
            "value",
            name="uq_surprises_series_id_model_period_value",
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("surprises")
