"""When a forecast was asked for last: those of past days are forgotten in that order."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_past_forecasts"
down_revision = "2026_11_27_reconciled_scores"

PAST = sa.text("NOT live")


def upgrade() -> None:
    op.add_column(
        "forecasts", sa.Column("asked_on", sa.Date(), nullable=False, server_default="1970-01-01")
    )
    op.create_index(
        "ix_forecasts_past",
        "forecasts",
        ["asked_on", "id"],
        sqlite_where=PAST,
        postgresql_where=PAST,
    )


def downgrade() -> None:
    op.drop_index("ix_forecasts_past", "forecasts")
    op.drop_column("forecasts", "asked_on")
