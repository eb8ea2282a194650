"""The archive of forecasts, and the computations under way."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_forecasts"
down_revision = "2026_11_24_observations"


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("id", sa.Integer()),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.String(64), nullable=False),
        sa.Column("specification", sa.String(200), nullable=False),
        sa.Column("model", sa.String(50), nullable=False),
        sa.Column("origin", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("quantiles", sa.LargeBinary(), nullable=False),
        sa.Column("paths", sa.LargeBinary(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("provisional_share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_forecasts"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_forecasts_series_id_series"),
        sa.UniqueConstraint(
            "series_id",
            "data_version",
            "specification",
            name="uq_forecasts_series_id_data_version_specification",
        ),
    )
    op.create_table(
        "computations",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.String(64), nullable=False),
        sa.Column("specification", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(50), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "series_id", "data_version", "specification", name="pk_computations"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name="fk_computations_series_id_series"
        ),
    )


def downgrade() -> None:
    op.drop_table("computations")
    op.drop_table("forecasts")
