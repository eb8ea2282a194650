"""The answer to a request for histories: of one series or several, as counts or transformed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from app.http.answers import Table
from app.http.joined_tables import join_tables
from app.observations import queries
from app.observations.queries import History
from app.observations.schemas import HistoryAnswer, HistoryQuery
from app.observations.selection import (
    Gathered,
    LeftOutSeries,
    asks_for_several,
    gather,
    select_series,
)
from app.observations.transformation_schemas import TransformedHistoryAnswer
from app.observations.transformed_history import transform_history
from app.storage.database import Session


class HistoriesAnswer(BaseModel):
    """The figures of several series."""

    histories: list[HistoryAnswer | TransformedHistoryAnswer] = Field(
        description="One entry per series, in the order of the request; those of a pattern by key."
    )
    left_out: list[LeftOutSeries] = Field(
        description="Series that match a pattern and have no figures to answer with."
    )

    @classmethod
    def of(cls, gathered: "Gathered[FoundHistory]") -> Self:
        return cls(
            histories=[found.document for found in gathered.found], left_out=gathered.left_out
        )

    @property
    def warnings(self) -> list[str]:
        """Those of every series, each with its key."""
        told = [f"{one.series}: {warning}" for one in self.histories for warning in one.warnings]
        return [*told, *(one.reason for one in self.left_out)]

    def table(self) -> Table:
        return join_tables((one.series, one.table()) for one in self.histories)


AnyHistoryAnswer = HistoryAnswer | TransformedHistoryAnswer | HistoriesAnswer


@dataclass(frozen=True, slots=True)
class FoundHistory:
    """The document of one series, the history that it tells, and when that changed last."""

    document: HistoryAnswer | TransformedHistoryAnswer
    history: History

    @property
    def modified(self) -> datetime | None:
        return self.history.modified


@dataclass(frozen=True, slots=True)
class FoundHistories:
    """The answer, the histories that it tells, when these changed last, and a name for a file."""

    document: AnyHistoryAnswer
    histories: Sequence[History]
    modified: datetime | None
    name: str


def find_histories(session: Session, query: HistoryQuery, *, today: date) -> FoundHistories:
    """What a request for histories is answered with.

    Raises what `select_series` and `get_history` raise, and BadParameter for units that the figures
    do not have.
    """
    if not asks_for_several(query.series):
        only = _find_history(session, query, query.series[0], today)
        return FoundHistories(only.document, [only.history], only.modified, query.series[0])
    selection = select_series(session, query.series)
    gathered = gather(selection, lambda key: _find_history(session, query, key, today))
    return FoundHistories(
        HistoriesAnswer.of(gathered),
        [found.history for found in gathered.found],
        max(filter(None, (found.modified for found in gathered.found)), default=None),
        "histories",
    )


def _find_history(session: Session, query: HistoryQuery, key: str, today: date) -> FoundHistory:
    wanted = query.transformation
    # a comparison needs the figures before those that are shown
    start, end = (query.start, query.end) if wanted is None else (None, None)
    history = queries.get_history(
        session,
        key,
        today=today,
        as_of=query.as_of,
        start=start,
        end=end,
        first_release=query.first_release,
    )
    if wanted is None:
        return FoundHistory(HistoryAnswer.of(history), history)
    queries.require_in_order(query.start, query.end)
    figures, base = transform_history(history, wanted, start=query.start, end=query.end)
    return FoundHistory(TransformedHistoryAnswer.of(history, wanted, figures, base), history)
