"""Scores against figures that have been restated, and when each figure was current."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_outcomes"
down_revision = "2026_11_26_store_state"

_SCORES = (
    "observed",
    "wis",
    "log_wis",
    "crps",
    "pit",
    "baseline_wis",
    "baseline_log_wis",
    "baseline_crps",
)


def upgrade() -> None:
    op.create_table(
        "superseded_scores",
        sa.Column("id", sa.Integer()),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(50), nullable=False),
        sa.Column("forecast_id", sa.Integer()),
        sa.Column("vintage", sa.String(20), nullable=False),
        sa.Column("origin", sa.Date(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("target", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in _SCORES),
        sa.Column("scaled_error", sa.Double()),
        *(sa.Column(f"covered_{level}", sa.Boolean(), nullable=False) for level in (50, 80, 95)),
        *(sa.Column(name, sa.Double()) for name in ("median", "lower_80", "upper_80")),
        sa.PrimaryKeyConstraint("id", name="pk_superseded_scores"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name="fk_superseded_scores_series_id_series"
        ),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecasts.id"], name="fk_superseded_scores_forecast_id_forecasts"
        ),
        sa.UniqueConstraint(
            "forecast_id",
            "horizon",
            "observed",
            name="uq_superseded_scores_forecast_id_horizon_observed",
        ),
        sa.CheckConstraint(
            "vintage IN ('live', 'as known', 'reconstructed')",
            name=op.f("ck_superseded_scores_vintage_known"),
        ),
        sa.CheckConstraint("horizon >= 1", name=op.f("ck_superseded_scores_horizon_positive")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_superseded_scores_series_id", "superseded_scores", ["series_id", "model"])
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer()),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("hindcast_value", sa.BigInteger()),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_outcomes"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_outcomes_series_id_series"),
        sa.UniqueConstraint(
            "series_id", "period", "known_from", name="uq_outcomes_series_id_period_known_from"
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("outcomes")
    op.drop_table("superseded_scores")
