"""The store's figures as they were known at each origin of a backtest, and as they came out."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from app.errors import TooShortHistory
from app.forecasts.inputs import load_inputs
from app.observations import queries, store
from app.observations.observation import Observation
from app.storage.database import Database, Session
from forecasting import Month, MonthlySeries, Vintage, months_between
from forecasting.backtest.rolling_origin import up_to


class StoreVintages:
    """Answers what was known of some series when a month was their newest.

    That is on the day on which a figure for the month was first published. Before a series' first
    full
    release, and for months that came out together with later ones, its figures are reconstructed:
    those that were published first, taken as exact, as if each had been known on the 20th of the
    following month.
    """

    def __init__(self, database: Database, keys: Sequence[str], *, today: date) -> None:
        self._database = database
        self._today = today
        self._first: dict[str, dict[Month, date]] = {}
        self._early: dict[str, MonthlySeries] = {}
        self._full: dict[str, date] = {}
        with database.reading() as session:
            for key in keys:
                self._look_up(session, key)

    def __call__(self, origin: Month) -> Vintage:
        known: dict[str, MonthlySeries] = {}
        reconstructed: set[str] = set()
        with self._database.reading() as session:
            for key in self._early:
                series = self._as_known(session, key, origin)
                if series is None:
                    series = up_to(self._early[key], origin)
                    reconstructed.add(key)
                if series is not None:
                    known[key] = series
        return Vintage(known, reconstructed)

    def _look_up(self, session: Session, key: str) -> None:
        series = queries.require_series(session, key)
        first = [
            figure
            for figure in store.first_observations(session, series.id)
            if figure.value is not None
        ]
        full = store.first_full_release(session, series.id)
        if not first or full is None:
            return
        self._first[key] = {figure.period: figure.published_on for figure in first}
        self._early[key] = to_monthly_series({figure.period: figure.value for figure in first})
        self._full[key] = full

    def _as_known(self, session: Session, key: str, origin: Month) -> MonthlySeries | None:
        """The series as known when `origin` was its newest month.

        None where it never was, or too little.
        """
        day = self._first[key].get(origin)
        if day is None or day < self._full[key]:
            return None
        try:
            series = load_inputs(session, key, today=self._today, as_of=day).series
        except TooShortHistory:
            return None
        return series if series.end == origin else None


def current_outcomes(
    database: Database, keys: Sequence[str], *, today: date
) -> dict[str, MonthlySeries]:
    """The figures of each series as known today, without those that were not said exactly."""
    found = {}
    with database.reading() as session:
        for key in keys:
            known = queries.get_history(session, key, today=today).observations
            counts = outcome_counts(known)
            if counts:
                found[key] = to_monthly_series(counts)
    return found


def outcome_counts(figures: Sequence[Observation]) -> dict[Month, int]:
    """The counts that a forecast is held against, by month."""
    return {
        figure.period: figure.value
        for figure in figures
        if figure.value is not None and not figure.vague
    }


def to_monthly_series(counts: Mapping[Month, int | None]) -> MonthlySeries:
    """Counts by month as a series; months without one are missing."""
    months = months_between(min(counts), max(counts))
    return MonthlySeries(
        months[0],
        np.array([np.nan if counts.get(month) is None else counts[month] for month in months]),
    )


def forecastable_keys(database: Database) -> list[str]:
    """The keys of the series that are forecast: they go on, count something, and have figures
    enough."""
    with database.reading() as session:
        return [
            series.key
            for series in store.all_series(session)
            if not series.ended
            and not series.covariate
            and sum(figure.value is not None for figure in store.history(session, series.id))
            >= series.fewest_figures
        ]
