"""Tables of the track record: scores of past forecasts, what was counted, now and on past days, and
surprises."""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.database import Base, MonthColumn
from forecasting import Month


def _checks() -> tuple[Any, ...]:
    return (
        CheckConstraint("vintage IN ('live', 'as known', 'reconstructed')", name="vintage_known"),
        CheckConstraint("horizon >= 1", name="horizon_positive"),
    )


class ScoreColumns:
    """One forecast of one month's count, scored beside the baseline's from the same origin.

    `forecast_id` is of the archived forecast that was issued live, or none for one of the hindcast,
    whose figures were known as `vintage` says. Everything here follows from the archive, the
    figures and the bundled hindcast, and can be computed again.

    `wis`, `crps` and `observed` are counts; `log_wis` is of log(1 + count); `scaled_error` is the
    median's error in seasonal changes of the history, none where it has none; `baseline_...` are
    the baseline's. `median`, `lower_80` and `upper_80` are what the forecast told, in whole counts;
    none where a hindcast does not keep them.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    model: Mapped[str] = mapped_column(String(50))
    forecast_id: Mapped[int | None] = mapped_column(ForeignKey("forecasts.id"))
    vintage: Mapped[str] = mapped_column(String(20))
    origin: Mapped[Month] = mapped_column(MonthColumn)
    horizon: Mapped[int]
    target: Mapped[Month] = mapped_column(MonthColumn)
    observed: Mapped[float]
    wis: Mapped[float]
    log_wis: Mapped[float]
    crps: Mapped[float]
    pit: Mapped[float]
    scaled_error: Mapped[float | None]
    baseline_wis: Mapped[float]
    baseline_log_wis: Mapped[float]
    baseline_crps: Mapped[float]
    covered_50: Mapped[bool]
    covered_80: Mapped[bool]
    covered_95: Mapped[bool]
    median: Mapped[float | None]
    lower_80: Mapped[float | None]
    upper_80: Mapped[float | None]


class ScoreRow(ScoreColumns, Base):
    """A score against the current figure."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("forecast_id", "horizon"),
        *_checks(),
        Index("ix_scores_series_id", "series_id", "model"),
        {"sqlite_autoincrement": True},  # a number that was used once is never used again
    )


class SupersededScoreRow(ScoreColumns, Base):
    """A score against a figure that was current once and has been restated since."""

    __tablename__ = "superseded_scores"
    __table_args__ = (
        UniqueConstraint("forecast_id", "horizon", "observed"),
        *_checks(),
        Index("ix_superseded_scores_series_id", "series_id", "model"),
        {"sqlite_autoincrement": True},  # as for scores
    )


class ReconciledScoreRow(ScoreColumns, Base):
    """A score, against the current figure, of a live forecast as readers saw it: reconciled.

    That of the same forecast of the series by itself is beside it among the other scores.
    """

    __tablename__ = "reconciled_scores"
    __table_args__ = (
        UniqueConstraint("forecast_id", "horizon"),
        CheckConstraint("vintage = 'live reconciled'", name="vintage_known"),
        CheckConstraint("horizon >= 1", name="horizon_positive"),
        Index("ix_reconciled_scores_series_id", "series_id", "model"),
        {"sqlite_autoincrement": True},  # as for scores
    )


class OutcomeRow(Base):
    """The figure that a month's forecasts are held against in the record of some days.

    Those are the days from `known_from` until the one before `known_until` (None: to this day).
    `value` is the current figure of these days, and `hindcast_value` the last figure known by then
    that the hindcast is scored against, None if it is against later ones only. Both follow from the
    versions of the figures, and can be computed again.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("series_id", "period", "known_from"),
        {"sqlite_autoincrement": True},  # as for scores
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    period: Mapped[Month] = mapped_column(MonthColumn)
    value: Mapped[int] = mapped_column(BigInteger)
    hindcast_value: Mapped[int | None] = mapped_column(BigInteger)
    known_from: Mapped[date] = mapped_column(Date)
    known_until: Mapped[date | None] = mapped_column(Date)


class LoadedHindcastRow(Base):
    """One row: which hindcast the scores without a forecast are of.

    `checksum` is the SHA-256 digest of its files. `series` has the store's id of every series that
    they have scores of, by key; none for a series that the store did not know.
    """

    __tablename__ = "loaded_hindcast"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checksum: Mapped[str] = mapped_column(String(64))
    series: Mapped[dict[str, int | None]] = mapped_column(JSON)


class SurpriseRow(Base):
    """A figure far from its forecast, kept as it was told when it was the newest of its series.

    Scores are replaced when a figure is restated or the hindcast is renewed, and how improbable a
    figure was depends on the other series of that moment, so a surprise cannot be computed again.
    `percentile`, `probability` and `adjusted` are from 0 to 1; see `app.evaluation.surprises`.
    """

    __tablename__ = "surprises"
    __table_args__ = (
        UniqueConstraint("series_id", "model", "period", "value"),
        {"sqlite_autoincrement": True},  # as for scores
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(50))
    period: Mapped[Month] = mapped_column(MonthColumn)
    value: Mapped[int] = mapped_column(BigInteger)
    origin: Mapped[Month] = mapped_column(MonthColumn)
    vintage: Mapped[str] = mapped_column(String(20))
    median: Mapped[float | None]
    lower_80: Mapped[float | None]
    upper_80: Mapped[float | None]
    percentile: Mapped[float]
    probability: Mapped[float]
    adjusted: Mapped[float]
