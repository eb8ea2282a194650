"""Tables of series, releases and observations.

Rows are added, never changed: history is what was said. Only a series that was created by mistake
is removed, with its figures.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.observations.observation import Qualifier
from app.storage.database import Base, Instant, MonthColumn
from forecasting import Month

_QUALIFIERS = ", ".join(f"'{qualifier}'" for qualifier in Qualifier)


class SeriesRow(Base):
    """A monthly count that releases give figures for.

    `breaks` are the months that changed its definition.

    `border` groups series that belong together, `year_start` is the month in which its years begin.
    A series that has `ended` gets no more figures, unless it is `resumable` and a newer file
    extends it. A `covariate` explains counts and is not forecast; nor is a series with fewer
    figures than `fewest_figures`. `first_full_release` follows from the releases and is kept up to
    date with them. `official_source` is the one whose figures are official for this series; None if
    they are those of the publishers that the service knows.
    """

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    unit: Mapped[str] = mapped_column(String(50))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    dimension: Mapped[str] = mapped_column(String(50))
    border: Mapped[str] = mapped_column(String(50), server_default="other")
    year_start: Mapped[int] = mapped_column(server_default="10")
    ended: Mapped[bool] = mapped_column(default=False)
    resumable: Mapped[bool] = mapped_column(default=False, server_default=false())
    covariate: Mapped[bool] = mapped_column(default=False, server_default=false())
    fewest_figures: Mapped[int] = mapped_column(server_default="3")
    note: Mapped[str | None]
    breaks: Mapped[list[str]] = mapped_column(JSON, default=list)
    first_full_release: Mapped[date | None]
    official_source: Mapped[str | None] = mapped_column(String(50))

    parent: Mapped["SeriesRow | None"] = relationship(remote_side=id, lazy="joined", join_depth=1)


class SeriesLogRow(Base):
    """Something that a publisher did to a series: created, described, or removed it.

    Rows are only added, so that their number says whether anything has changed. The numbers of
    series and forecasts are not used again after a removal; `last_forecast_id` is the greatest
    that a forecast had by then.
    """

    __tablename__ = "series_log"
    __table_args__ = (
        CheckConstraint("action IN ('created', 'described', 'removed')", name="action_known"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200))
    series_id: Mapped[int]
    last_forecast_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReleaseRow(Base):
    """One publication of figures. One loaded by mistake is retracted, not deleted; it can come
    again.

    `borders` are those of the series that it gives figures for; None if that was not recorded.
    """

    __tablename__ = "releases"
    __table_args__ = (
        Index(
            "ix_releases_content",
            "source",
            "published_on",
            "checksum",
            unique=True,
            sqlite_where=text("retracted_at IS NULL"),
            postgresql_where=text("retracted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(50))
    title: Mapped[str] = mapped_column(String(300))
    published_on: Mapped[date]
    url: Mapped[str | None] = mapped_column(String(2000))
    note: Mapped[str | None]
    checksum: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(100))
    retracted_at: Mapped[datetime | None] = mapped_column(Instant)
    borders: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class ObservationRow(Base):
    """One figure for one series and month, as one release gave it.

    No value means withdrawn or missing.

    `published_on` repeats the release's and `precedence` follows from source and qualifier, so that
    one index finds the newest figure of each kind for each month, however many vintages there are.
    """

    __tablename__ = "observations"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("rounding_unit >= 1", name="rounding_unit_positive"),
        CheckConstraint(f"qualifier IN ({_QUALIFIERS})", name="qualifier_known"),
        Index(
            "ix_observations_newest",
            "series_id",
            "precedence",
            "period",
            "published_on",
            "release_id",
        ),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    period: Mapped[Month] = mapped_column(MonthColumn, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    value: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(1))
    qualifier: Mapped[str] = mapped_column(String(10))
    rounding_unit: Mapped[int]
    precedence: Mapped[int]
    published_on: Mapped[date]
    note: Mapped[str | None]
