"""Series of publishers' own: who publishes them officially, and what was done to them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_own_series"
down_revision = "2026_11_27_loaded_hindcast"


def upgrade() -> None:
    op.add_column("series", sa.Column("official_source", sa.String(50)))
    op.create_table(
        "series_log",
        sa.Column("id", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("last_forecast_id", sa.Integer()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series_log"),
        sa.CheckConstraint(
            "action IN ('created', 'described', 'removed')",
            name=op.f("ck_series_log_action_known"),
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("series_log")
    op.drop_column("series", "official_source")
