"""Reconciled forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_reconciliations"
down_revision = "2026_11_26_surprises"


def upgrade() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer()),
        sa.Column("hierarchy", sa.String(200), nullable=False),
        sa.Column("specification", sa.String(200), nullable=False),
        sa.Column("model", sa.String(50), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliations"),
        sa.UniqueConstraint("version", name="uq_reconciliations_version"),
    )
    op.create_table(
        "reconciled_forecasts",
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("forecast_id", sa.Integer()),
        sa.Column("origin", sa.Date(), nullable=False),
        sa.Column("quantiles", sa.LargeBinary(), nullable=False),
        sa.Column("paths", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("reconciliation_id", "key", name="pk_reconciled_forecasts"),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name="fk_reconciled_forecasts_reconciliation_id_reconciliations",
        ),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["forecasts.id"],
            name="fk_reconciled_forecasts_forecast_id_forecasts",
        ),
    )
    for column in ("forecast_id", "origin"):
        op.create_index(f"ix_reconciled_forecasts_{column}", "reconciled_forecasts", [column])


def downgrade() -> None:
    op.drop_table("reconciled_forecasts")
    op.drop_table("reconciliations")
