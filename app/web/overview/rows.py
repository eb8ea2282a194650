"""What the overview knows of each series: its figures, its newest forecast, and its surprise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Condition

from cachetools import LRUCache, cached

from app.evaluation.store import scores_key
from app.evaluation.surprises import Surprise, find_surprises
from app.forecasts.month_forecasts import MonthForecast, month_forecasts
from app.forecasts.specification import Specification
from app.observations import store
from app.observations.observation import Observation
from app.observations.queries import MONTHS_BEFORE_OLD
from app.observations.tables import SeriesRow
from app.storage.database import Session
from app.web.figure_text import Change
from forecasting import Month

MONTHS_AHEAD = 3  # after the current month, of the forecast in the table
YEAR_BEFORE = 12


@dataclass(frozen=True, slots=True)
class LatestFigures:
    """The newest figure of a series, and those of the month and the year before, if there are."""

    newest: Observation
    month_before: Observation | None
    year_before: Observation | None


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """One series in the overview, as known today."""

    series: SeriesRow
    today: date
    figures: LatestFigures | None
    ahead: MonthForecast | None
    surprise: Surprise | None

    @property
    def key(self) -> str:
        return self.series.key

    @property
    def newest(self) -> Observation | None:
        return self.figures.newest if self.figures else None

    @property
    def age(self) -> int:
        """How many months before the current one the newest figure is."""
        return Month.containing(self.today) - self.newest.period if self.newest else 0

    @property
    def is_old(self) -> bool:
        return self.age > MONTHS_BEFORE_OLD and not self.series.ended

    @property
    def on_month(self) -> Change | None:
        return self._change(self.figures.month_before) if self.figures else None

    @property
    def on_year(self) -> Change | None:
        return self._change(self.figures.year_before) if self.figures else None

    @property
    def is_surprise(self) -> bool:
        return self.surprise is not None and self.surprise.is_surprise

    def _change(self, before: Observation | None) -> Change | None:
        if before is None or before.value is None or not self.newest or self.newest.value is None:
            return None
        return Change(before.period, before.value, self.newest.value, before.qualifier)


def find_facts(session: Session, model: Specification, *, today: date) -> list[SeriesFacts]:
    """Every series with its facts, by key, with one statement for each kind of them."""
    known = store.all_series(session)
    figures = _latest_figures(session, today)
    forecast = {
        series.id: found.newest.value
        for series in known
        if not series.ended
        and not series.covariate
        and (found := figures.get(series.id))
        and found.newest.value is not None
    }
    period = Month.containing(today) + MONTHS_AHEAD
    ahead = month_forecasts(session, model, forecast, period)
    surprises = _surprises(session, model.model)
    return [
        SeriesFacts(
            series=series,
            today=today,
            figures=figures.get(series.id),
            ahead=ahead.get(series.id),
            surprise=surprises.get(series.key),
        )
        for series in known
    ]


@cached(LRUCache(4), key=store.releases_cache_key, condition=Condition())
def _latest_figures(session: Session, today: date) -> dict[int, LatestFigures]:
    """The newest figures of every series, by its id."""
    read = partial(store.recent_observations, session, as_of=today)
    recent = read(months=YEAR_BEFORE + 1)
    withdrawn = [key for key, known in recent.items() if all(one.value is None for one in known)]
    if withdrawn:  # their newest figures are older than that
        recent |= read(months=12 * 100, series_ids=withdrawn)
    found = {}
    for series_id, observations in recent.items():
        latest = _latest(observations)
        if latest is not None:
            found[series_id] = latest
    return found


def _latest(observations: Sequence[Observation]) -> LatestFigures | None:
    by_month = {figure.period: figure for figure in observations if figure.value is not None}
    if not by_month:
        return None
    newest = by_month[max(by_month)]
    return LatestFigures(
        newest=newest,
        month_before=by_month.get(newest.period - 1),
        year_before=by_month.get(newest.period - YEAR_BEFORE),
    )


@cached(LRUCache(4), key=scores_key, condition=Condition())
def _surprises(session: Session, model: str) -> dict[str, Surprise]:
    return {found.series: found for found in find_surprises(session, model) if found.is_newest}
