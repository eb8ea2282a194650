"""Series, releases and the figures that they gave."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_observations"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("unit", sa.String(50), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("dimension", sa.String(50), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("first_full_release", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.ForeignKeyConstraint(["parent_id"], ["series.id"], name="fk_series_parent_id_series"),
        sa.UniqueConstraint("key", name="uq_series_key"),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer()),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("url", sa.String(2000)),
        sa.Column("note", sa.String()),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(100), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index(
        "ix_releases_content",
        "releases",
        ["source", "published_on", "checksum"],
        unique=True,
        sqlite_where=sa.text("retracted_at IS NULL"),
        postgresql_where=sa.text("retracted_at IS NULL"),
    )
    op.create_table(
        "observations",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger()),
        sa.Column("status", sa.String(1), nullable=False),
        sa.Column("qualifier", sa.String(10), nullable=False),
        sa.Column("rounding_unit", sa.Integer(), nullable=False),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String()),
        sa.PrimaryKeyConstraint("series_id", "period", "release_id", name="pk_observations"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name="fk_observations_series_id_series"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name="fk_observations_release_id_releases"
        ),
        sa.CheckConstraint("value >= 0", name=op.f("ck_observations_value_not_negative")),
        sa.CheckConstraint(
            "rounding_unit >= 1", name=op.f("ck_observations_rounding_unit_positive")
        ),
        sa.CheckConstraint(
            "qualifier IN ('exact', 'about', 'more_than', 'less_than')",
            name=op.f("ck_observations_qualifier_known"),
        ),
    )
    op.create_index(
        "ix_observations_newest",
        "observations",
        ["series_id", "precedence", "period", "published_on", "release_id"],
    )


def downgrade() -> None:
    op.drop_table("observations")
    op.drop_table("releases")
    op.drop_table("series")
