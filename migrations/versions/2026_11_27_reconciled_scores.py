"""Scores of reconciled forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_reconciled_scores"
down_revision = "2026_11_27_own_series"

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
        "reconciled_scores",
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
        sa.PrimaryKeyConstraint("id", name="pk_reconciled_scores"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name="fk_reconciled_scores_series_id_series"
        ),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecasts.id"], name="fk_reconciled_scores_forecast_id_forecasts"
        ),
        sa.UniqueConstraint(
            "forecast_id", "horizon", name="uq_reconciled_scores_forecast_id_horizon"
        ),
        sa.CheckConstraint(
            "vintage = 'live reconciled'", name=op.f("ck_reconciled_scores_vintage_known")
        ),
        sa.CheckConstraint("horizon >= 1", name=op.f("ck_reconciled_scores_horizon_positive")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reconciled_scores_series_id", "reconciled_scores", ["series_id", "model"])


def downgrade() -> None:
    op.drop_table("reconciled_scores")
