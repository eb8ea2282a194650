"""Tables of the archive of forecasts, and of the computations that are under way."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.database import Base, Instant, MonthColumn
from forecasting import FitWarning, Month


class FitWarnings(TypeDecorator[tuple[FitWarning, ...]]):
    """Warnings of a fit, kept as JSON; older rows hold plain texts."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: tuple[FitWarning, ...] | None, dialect: Dialect
    ) -> list[Any] | None:
        return None if value is None else [warning.to_json() for warning in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[FitWarning, ...] | None:
        return None if value is None else tuple(FitWarning.from_json(one) for one in value)


class ForecastRow(Base):
    """An issued forecast.

    Unique by what went into it: the figures (data version) and the specification.

    `live` tells one that was made from all figures known when it was issued from one as of a past
    day, which may be forgotten; `asked_on` is the last day on which somebody asked for that.
    `quantiles` (with the mean) and `paths` are arrays in NumPy's npz format, never pickles.
    """

    __tablename__ = "forecasts"
    __table_args__ = (
        UniqueConstraint("series_id", "data_version", "specification"),
        Index(
            "ix_forecasts_past",
            "asked_on",
            "id",
            sqlite_where=text("NOT live"),
            postgresql_where=text("NOT live"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    data_version: Mapped[str] = mapped_column(String(64))
    specification: Mapped[str] = mapped_column(String(200))
    model: Mapped[str] = mapped_column(String(50))
    origin: Mapped[Month] = mapped_column(MonthColumn)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    live: Mapped[bool]
    asked_on: Mapped[date] = mapped_column(Date, server_default="1970-01-01")
    quantiles: Mapped[bytes] = mapped_column(LargeBinary)
    paths: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    parameters: Mapped[dict[str, list[float]]] = mapped_column(JSON)
    versions: Mapped[dict[str, str]] = mapped_column(JSON)
    warnings: Mapped[tuple[FitWarning, ...]] = mapped_column(FitWarnings)
    provisional_share: Mapped[float]


class ComputationLeaseRow(Base):
    """A forecast that is being computed: who asked for it first computes it, the others wait.

    `alive_until` is pushed forward while the work goes on; past it, the work is taken for
    abandoned.
    """

    __tablename__ = "computations"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    data_version: Mapped[str] = mapped_column(String(64), primary_key=True)
    specification: Mapped[str] = mapped_column(String(200), primary_key=True)
    owner: Mapped[str] = mapped_column(String(50))
    alive_until: Mapped[datetime] = mapped_column(Instant)


class PoolRow(Base):
    """What series of a group take from each other, learned by a version of the method from what
    some releases say.

    `content` holds arrays in NumPy's npz format, none where there were too few series; `version`
    names them.
    """

    __tablename__ = "pools"
    __table_args__ = (UniqueConstraint("knowledge", "method"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    releases_digest: Mapped[str] = mapped_column("knowledge", String(64))
    method: Mapped[int]
    member_group: Mapped[str] = mapped_column(String(120), server_default="other/encounters")
    live: Mapped[bool]
    learned_at: Mapped[datetime] = mapped_column("learnt_at", Instant)
    series: Mapped[int]
    version: Mapped[str | None] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
