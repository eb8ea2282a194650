"""The models side by side: how each has done on the same figures."""

from dataclasses import dataclass
from datetime import date
from math import inf

from app.database import Session
from app.evaluation import store
from app.evaluation.remembering import Memory
from app.evaluation.store import Wanted
from app.evaluation.summarising import combined
from app.evaluation.track_record import newest_published
from forecasting.summary import By


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """How one model's forecasts have done, 1 to 36 months ahead together; see `Summary`."""

    model: str
    cells: int
    relative_wis: float | None
    coverage_80: float


_remembered: Memory[list[ModelRecord]] = Memory(most=1000)


def comparison(session: Session, series_id: int | None, *, as_of: date) -> list[ModelRecord]:
    """Every scored model on a series, or on all series together, on the months published by the end of a day;
    the smallest error against the baseline first."""
    wanted = Wanted(series_id, end=newest_published(as_of))

    def find() -> list[ModelRecord]:
        records = [
            ModelRecord(one.model, one.cells, one.relative_wis, one.coverage_80)
            for one in combined(store.totals(session, wanted), By.ALL)
        ]
        return sorted(records, key=_place)

    return _remembered.recall(session, wanted, find)


def _place(record: ModelRecord) -> tuple[float, str]:
    return (inf if record.relative_wis is None else record.relative_wis, record.model)
