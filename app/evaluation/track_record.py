"""The track record in short: what an answer with a forecast says of forecasts like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Condition

from cachetools import LRUCache, cached

from app.evaluation import store
from app.evaluation.aggregation import aggregate
from app.evaluation.store import ScoreFilter, ScoreTotals
from app.storage.database import Session
from forecasting import Month
from forecasting.backtest.summaries import Grouping, ScoreSummary

ENOUGH = 60
"""Scored months of a series below which all series speak for it: five years of one horizon."""


@dataclass(frozen=True, slots=True)
class HorizonRecord:
    """How forecasts so many months ahead have done; `horizon` is first and last, as in `1-3`.

    cells: how many forecasts of one month's count were scored; inside_80: how many of these were
        followed by an outcome inside the 80 percent interval
    coverage_50 ...: share of outcomes inside the central interval, 0 to 1
    relative_wis, relative_log_wis: against the log random walk, as in `ScoreSummary`
    """

    horizon: str
    cells: int
    coverage_50: float
    coverage_80: float
    coverage_95: float
    inside_80: int
    relative_wis: float | None
    relative_log_wis: float | None

    @classmethod
    def of(cls, summary: ScoreSummary) -> "HorizonRecord":
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


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How a model's forecasts have done, by months ahead, nearest first.

    series: key of the series that it is of, None if that has too few scores and all series speak
        for it
    first, last: months that were forecast and scored
    vintages: how many forecasts were live, and how many hindcasts, by how figures were known
    """

    series: str | None
    first: Month
    last: Month
    vintages: dict[str, int]
    by_horizon: tuple[HorizonRecord, ...]

    @classmethod
    def of(cls, totals: Sequence[ScoreTotals], series: str | None) -> "TrackRecord":
        return cls(
            series=series,
            first=min(one.first for one in totals),
            last=max(one.last for one in totals),
            vintages=count_by_vintage_kind(totals),
            by_horizon=tuple(map(HorizonRecord.of, aggregate(totals, Grouping.HORIZON))),
        )


def get_track_record(
    session: Session, series_id: int, key: str, model: str, *, as_of: date | None = None
) -> TrackRecord | None:
    """The record of a model; None if nothing is scored.

    With `as_of`, of what was published by the end of that day, against the figures of that day.
    """
    return _get_track_record(session, series_id, key, model, as_of)


@cached(LRUCache(1000), key=store.scores_key, condition=Condition())
def _get_track_record(
    session: Session, series_id: int, key: str, model: str, as_of: date | None
) -> TrackRecord | None:
    own = store.totals(session, ScoreFilter(series_id, model, as_of=as_of))
    if sum(one.count for one in own) >= ENOUGH:
        return TrackRecord.of(own, key)
    pooled = store.totals(session, ScoreFilter(model=model, as_of=as_of))
    return TrackRecord.of(pooled, None) if pooled else None


def count_by_vintage_kind(totals: Sequence[ScoreTotals]) -> dict[str, int]:
    """How many scores there are by how their figures were known."""
    counts: dict[str, int] = {}
    for one in totals:
        counts[one.vintage] = counts.get(one.vintage, 0) + one.count
    return dict(sorted(counts.items()))
