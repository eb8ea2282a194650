"""The store's figures as they were known at each origin of a backtest, and as they came out."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date

import numpy as np

from app.errors import TooShortHistory
from app.evaluation.outcomes import is_outcome, outcomes_over_time, superseded_layers
from app.forecasts.inputs import load_inputs
from app.forecasts.pools import group_of, load_known_series, pool_key_for_group
from app.forecasts.specification import Group
from app.observations import queries, store
from app.observations.observation import Observation
from app.observations.tables import SeriesRow
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

    A forecast of figures as known uses the pool that a forecast as of that day uses. One of
    reconstructed figures uses that of the reconstructed figures of the series of its group.
    """

    def __init__(self, database: Database, keys: Sequence[str], *, today: date) -> None:
        self._database = database
        self._today = today
        self._first: dict[str, dict[Month, date]] = {}
        self._early: dict[str, MonthlySeries] = {}
        self._full: dict[str, date] = {}
        self._fewest: dict[str, int] = {}
        with database.reading() as session:
            asked = [queries.require_series(session, key) for key in keys]
            groups = {group_of(series) for series in asked}
            members = [
                series
                for series in store.all_series(session)
                if not series.covariate and group_of(series) in groups
            ]
            for series in members:
                self._look_up(session, series)
        self._groups = {series.key: group_of(series) for series in members}
        self._keys = [key for key in keys if key in self._early]

    def __call__(self, origin: Month) -> Vintage:
        known: dict[str, MonthlySeries] = {}
        reconstructed: set[str] = set()
        with self._database.reading() as session:
            for key in self._keys:
                series = self._as_known(session, key, origin)
                if series is None:
                    series = up_to(self._early[key], origin)
                    reconstructed.add(key)
                if series is not None:
                    known[key] = series
        learned_from: dict[Hashable, Mapping[str, MonthlySeries]] = {}

        def pool_members(key: str) -> Mapping[str, MonthlySeries]:
            group = self._groups[key]
            day = None if key in reconstructed else self._first[key][origin]
            if (group, day) not in learned_from:
                learned_from[group, day] = (
                    self._reconstructed_group(group, origin)
                    if day is None
                    else self._known_group(group, day)
                )
            return learned_from[group, day]

        return Vintage(known, reconstructed, pool_members)

    def _known_group(self, group: Group, day: date) -> Mapping[str, MonthlySeries]:
        """The series of a group as known at the end of a day, as a live pool is learned from."""
        with self._database.reading() as session:
            return load_known_series(session, pool_key_for_group(session, group, as_of=day))

    def _reconstructed_group(self, group: Group, origin: Month) -> Mapping[str, MonthlySeries]:
        found = {}
        for key, one in self._early.items():
            series = up_to(one, origin) if self._groups[key] == group else None
            if series is not None and series.observed_count >= max(self._fewest[key], 1):
                found[key] = series
        return found

    def _look_up(self, session: Session, series: SeriesRow) -> None:
        key = series.key
        first = [
            figure
            for figure in store.first_observations(session, series.id)
            if figure.value is not None
        ]
        full = store.first_full_release(session, series.id)
        if not first or full is None:
            return
        self._first[key] = {figure.period: figure.published_on for figure in first}
        self._early[key] = series_of_counts({figure.period: figure.value for figure in first})
        self._full[key] = full
        self._fewest[key] = series.fewest_figures

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
                found[key] = series_of_counts(counts)
    return found


def superseded_values(
    database: Database, keys: Sequence[str], *, today: date
) -> dict[str, list[MonthlySeries]]:
    """The figures that months of each series had before they were restated: one for each month,
    another one for each that had more, and so on."""
    found = {}
    with database.reading() as session:
        for key in keys:
            series = queries.require_series(session, key)
            current = outcome_counts(queries.get_history(session, key, today=today).observations)
            values = outcomes_over_time(session, series.id, as_of=today)
            found[key] = [series_of_counts(layer) for layer in superseded_layers(values, current)]
    return found


def outcome_counts(figures: Sequence[Observation]) -> dict[Month, int]:
    """The counts that a forecast is held against, by month."""
    return {
        figure.period: figure.value
        for figure in figures
        if figure.value is not None and is_outcome(figure)
    }


def series_of_counts(counts: Mapping[Month, int | None]) -> MonthlySeries:
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
