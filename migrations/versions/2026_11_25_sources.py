"""What was asked of the publishers, and what came."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_sources"
down_revision = "2026_11_24_told"


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("page", sa.String(2000)),
        sa.Column("page_etag", sa.String(100)),
        sa.Column("page_modified", sa.String(100)),
        sa.Column("page_day", sa.Date()),
        sa.Column("file", sa.String(2000)),
        sa.Column("file_title", sa.String(300)),
        sa.Column("file_etag", sa.String(100)),
        sa.Column("file_modified", sa.String(100)),
        sa.Column("file_checksum", sa.String(64)),
        sa.Column("file_bytes", sa.Integer()),
        sa.Column("edition", sa.String(20)),
        sa.Column("newest_period", sa.Date()),
        sa.Column("published_on", sa.Date()),
        sa.Column("release_id", sa.Integer()),
        sa.Column("seen_address", sa.String(2000)),
        sa.Column("seen_on", sa.Date()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("new_at", sa.DateTime(timezone=True)),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("failure_kind", sa.String(50)),
        sa.Column("failure", sa.String()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(100)),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name="fk_sources_release_id_releases"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_sources"),
    )


def downgrade() -> None:
    op.drop_table("sources")
