"""The track record in short: what an answer with a forecast says of forecasts like it."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field, PlainSerializer

from app.evaluation import store
from app.evaluation.aggregation import aggregate
from app.evaluation.cache import ScoreCache
from app.evaluation.store import ScoreFilter, ScoreTotals
from app.http.parameters import MonthField
from app.storage.database import Session
from forecasting import Month
from forecasting.backtest.summaries import Grouping, ScoreSummary

ENOUGH = 60
"""Scored months of a series below which all series speak for it: five years of one horizon."""

PUBLICATION_DAY = 20
"""Day of the following month by which a figure has usually been published."""

Rounded = Annotated[float, PlainSerializer(lambda value: round(value, 4), return_type=float)]
"""Four digits where it is written as JSON; all of them for who rounds it himself."""


class HorizonRecord(BaseModel):
    """How accurate forecasts a span of months ahead have been."""

    horizon: str = Field(description="Months ahead, first and last.", examples=["1-3"])
    cells: int = Field(
        description="Number of scored forecasts, each for one month.", examples=[492]
    )
    coverage_50: Rounded = Field(
        description="Share of outcomes inside the 50% interval, 0 to 1. The goal is 0.5.",
        examples=[0.51],
    )
    coverage_80: Rounded = Field(
        description="Share of outcomes inside the 80% interval, 0 to 1.", examples=[0.79]
    )
    coverage_95: Rounded = Field(
        description="Share of outcomes inside the 95% interval, 0 to 1.", examples=[0.94]
    )
    inside_80: int = Field(
        description="Number of outcomes inside the 80% interval.",
        examples=[389],
    )
    relative_wis: Rounded | None = Field(
        description="Weighted interval score relative to the log random walk's. Below 1 is better.",
        examples=[0.84],
    )
    relative_log_wis: Rounded | None = Field(
        description="The same for log(1 + count), which weighs errors by their ratio rather "
        "than their size.",
        examples=[0.93],
    )

    @classmethod
    def of(cls, summary: ScoreSummary) -> Self:
        return cls(
            horizon=summary.group,
            cells=summary.cells,
            coverage_50=summary.coverage_50,
            coverage_80=summary.coverage_80,
            coverage_95=summary.coverage_95,
            inside_80=round(summary.coverage_80 * summary.cells),
            relative_wis=summary.relative_wis,
            relative_log_wis=summary.relative_log_wis,
        )


class TrackRecord(BaseModel):
    """How accurate this model's forecasts have been so far. `GET /evaluation` has more."""

    series: str | None = Field(
        description="Key of the series; null if it has too few scores of its own, so that these "
        "are for all series together.",
        examples=["usbp.southwest"],
    )
    first: MonthField = Field(
        description="First month that was forecast and scored.", examples=["2012-01"]
    )
    last: MonthField = Field(
        description="Last month that was forecast and scored.", examples=["2025-08"]
    )
    vintages: dict[str, int] = Field(
        description="Number of forecasts that were issued `live`, and of hindcasts from figures "
        "`as known` at the time or `reconstructed` from later releases.",
        examples=[{"as known": 576, "reconstructed": 1368}],
    )
    by_horizon: list[HorizonRecord] = Field(description="By months ahead, nearest first.")

    @classmethod
    def of(cls, totals: list[ScoreTotals], series: str | None) -> Self:
        return cls(
            series=series,
            first=min(one.first for one in totals),
            last=max(one.last for one in totals),
            vintages=vintages(totals),
            by_horizon=[
                HorizonRecord.of(summary) for summary in aggregate(totals, Grouping.HORIZON)
            ],
        )


_cache: ScoreCache[TrackRecord | None] = ScoreCache(most=1000)


def get_track_record(
    session: Session, series_id: int, key: str, model: str, *, as_of: date
) -> TrackRecord | None:
    """The record of a model on the months published by the end of a day, against their figures as
    they are known today; None where nothing is scored."""
    newest = newest_published(as_of)
    return _cache.get_or_compute(
        session, (series_id, model, newest), lambda: _summed(session, series_id, key, model, newest)
    )


def newest_published(as_of: date) -> Month:
    """The newest month whose figure has usually been published by the end of a day."""
    return Month.containing(as_of) - (1 if as_of.day >= PUBLICATION_DAY else 2)


def _summed(
    session: Session, series_id: int, key: str, model: str, newest: Month
) -> TrackRecord | None:
    own = store.totals(session, ScoreFilter(series_id, model, end=newest))
    if sum(one.count for one in own) >= ENOUGH:
        return TrackRecord.of(own, key)
    pooled = store.totals(session, ScoreFilter(model=model, end=newest))
    return TrackRecord.of(pooled, None) if pooled else None


def vintages(totals: list[ScoreTotals]) -> dict[str, int]:
    """How many scores there are by how their figures were known."""
    counts: dict[str, int] = {}
    for one in totals:
        counts[one.vintage] = counts.get(one.vintage, 0) + one.count
    return dict(sorted(counts.items()))
