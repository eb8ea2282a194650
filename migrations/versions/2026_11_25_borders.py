"""Whose border a series and a release are of, when its years begin, and whether it is forecast."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_borders"
down_revision = "2026_11_25_sources"

_US_COMPONENTS = ("cbp", "ofo", "usbp")
_SERIES_COLUMNS = ("border", "year_start", "resumable", "covariate", "fewest_figures")


def upgrade() -> None:
    """Series that are there already keep US fiscal years and are forecast from three figures on."""
    for column in (
        sa.Column("border", sa.String(50), nullable=False, server_default="other"),
        sa.Column("year_start", sa.Integer(), nullable=False, server_default="10"),
        sa.Column("resumable", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("covariate", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fewest_figures", sa.Integer(), nullable=False, server_default="3"),
    ):
        op.add_column("series", column)
    series = sa.table("series", sa.column("key", sa.String()), sa.column("border", sa.String()))
    for component in _US_COMPONENTS:
        belongs = sa.or_(series.c.key == component, series.c.key.startswith(f"{component}."))
        op.execute(series.update().where(belongs).values(border="us"))
    op.add_column("releases", sa.Column("borders", sa.JSON()))
    # Pools were learned across borders; the service learns them again.
    op.execute("DELETE FROM pools")
    op.add_column(
        "pools",
        sa.Column(
            "member_group", sa.String(120), nullable=False, server_default="other/encounters"
        ),
    )


def downgrade() -> None:
    op.execute("DELETE FROM pools")
    op.drop_column("pools", "member_group")
    op.drop_column("releases", "borders")
    for name in reversed(_SERIES_COLUMNS):
        op.drop_column("series", name)
