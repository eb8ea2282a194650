"""The models side by side: how each has done on the same figures."""

from dataclasses import dataclass
from datetime import date
from math import inf
from threading import Condition

from cachetools import LRUCache, cached

from app.evaluation import store
from app.evaluation.aggregation import aggregate, select_compared
from app.evaluation.store import ScoreFilter
from app.storage.database import Session
from forecasting.backtest.summaries import Grouping


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """How one model's forecasts have done, 1 to 12 months ahead together; see `ScoreSummary`."""

    model: str
    cells: int
    relative_wis: float | None
    coverage_80: float


def compare_models(
    session: Session, series_id: int | None, *, as_of: date | None = None
) -> list[ModelRecord]:
    """Every scored model on a series, or on all series together, as far ahead as all models have
    scores; the smallest error against the baseline first.

    With `as_of`, on what was published by the end of that day, against the figures of that day.
    """
    return _compare_models(session, ScoreFilter(series_id, as_of=as_of))


@cached(LRUCache(1000), key=store.scores_key, condition=Condition())
def _compare_models(session: Session, wanted: ScoreFilter) -> list[ModelRecord]:
    records = [
        ModelRecord(one.model, one.cells, one.relative_wis, one.coverage_80)
        for one in aggregate(select_compared(store.totals(session, wanted)), Grouping.ALL)
    ]
    return sorted(records, key=_rank)


def _rank(record: ModelRecord) -> tuple[float, str]:
    return (inf if record.relative_wis is None else record.relative_wis, record.model)
