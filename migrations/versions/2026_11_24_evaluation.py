"""Scores of past forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_evaluation"
down_revision = "2026_11_24_keys"


def upgrade() -> None:
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer()),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(50), nullable=False),
        sa.Column("forecast_id", sa.Integer()),
        sa.Column("vintage", sa.String(20), nullable=False),
        sa.Column("origin", sa.Date(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("target", sa.Date(), nullable=False),
        sa.Column("observed", sa.Double(), nullable=False),
        sa.Column("wis", sa.Double(), nullable=False),
        sa.Column("log_wis", sa.Double(), nullable=False),
        sa.Column("crps", sa.Double(), nullable=False),
        sa.Column("pit", sa.Double(), nullable=False),
        sa.Column("scaled_error", sa.Double()),
        sa.Column("baseline_wis", sa.Double(), nullable=False),
        sa.Column("baseline_log_wis", sa.Double(), nullable=False),
        sa.Column("baseline_crps", sa.Double(), nullable=False),
        sa.Column("covered_50", sa.Boolean(), nullable=False),
        sa.Column("covered_80", sa.Boolean(), nullable=False),
        sa.Column("covered_95", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scores"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_scores_series_id_series"),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecasts.id"], name="fk_scores_forecast_id_forecasts"
        ),
        sa.UniqueConstraint("forecast_id", "horizon", name="uq_scores_forecast_id_horizon"),
        sa.CheckConstraint(
            "vintage IN ('live', 'as known', 'reconstructed')", name=op.f("ck_scores_vintage_known")
        ),
        sa.CheckConstraint("horizon >= 1", name=op.f("ck_scores_horizon_positive")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scores_series_id", "scores", ["series_id", "model"])


def downgrade() -> None:
    op.drop_table("scores")
