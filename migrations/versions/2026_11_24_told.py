"""What scored forecasts had told: their medians and 80 percent intervals."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_told"
down_revision = "2026_11_24_pools"
COLUMNS = ("median", "lower_80", "upper_80")


def upgrade() -> None:
    """Scores that do not have them are dropped: those of live forecasts are made again by the
    service, those of hindcasts come with the bundled record."""
    op.execute("DELETE FROM scores")
    for name in COLUMNS:
        op.add_column("scores", sa.Column(name, sa.Double()))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("scores", name)
