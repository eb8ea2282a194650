"""What a forecast of a series is made from: its figures as known on a day."""

from dataclasses import dataclass, replace
from datetime import date
from threading import Condition

import numpy as np
from cachetools import LRUCache, cached

from app.errors import CovariateNotForecast, Fault, SeriesHasEnded, TooShortHistory
from app.forecasts.measurement_noise import measurement_noise
from app.forecasts.revision_history import NOT_FINAL
from app.forecasts.specification import PoolKey, data_version
from app.observations import queries
from app.observations.observation import Observation
from app.observations.queries import History
from app.observations.store import releases_cache_key
from app.storage.database import Session
from forecasting import MeasurementNoise, MonthlySeries, months_between

REMEMBERED = 200  # series as of a day, of some 50 kB each


@dataclass(frozen=True, slots=True)
class ForecastInputs:
    """The figures, the series that the statistics see, and the name of this state of the data.

    provisional: the figures that are not final or were not stated exactly
    """

    history: History
    series: MonthlySeries
    data_version: str
    pool: PoolKey | None
    provisional: tuple[Observation, ...]


def load_inputs(
    session: Session,
    key: str,
    *,
    today: date,
    as_of: date | None = None,
    pool: PoolKey | None = None,
) -> ForecastInputs:
    """The inputs of a forecast of `key` as of a day; the data version includes the pool.

    Raises what `get_history` raises, SeriesHasEnded, CovariateNotForecast, and TooShortHistory.
    """
    series = queries.require_series(session, key)
    inputs = _load_inputs(session, key, today, as_of, pool, (series.id, series.ended))
    return replace(inputs, history=replace(inputs.history, series=series))


@cached(LRUCache(REMEMBERED), key=releases_cache_key, condition=Condition())
def _load_inputs(
    session: Session,
    key: str,
    today: date,
    as_of: date | None,
    pool: PoolKey | None,
    _facts: tuple[int, bool],
) -> ForecastInputs:
    """The inputs from the figures as the releases have them.

    `_facts` are what else they follow from: the series' number, and whether it has ended.
    """
    history = queries.get_history(session, key, today=today, as_of=as_of)
    if history.series.ended:
        raise SeriesHasEnded(
            f"{key} has ended and is no longer forecast. GET /history?series={key} has its "
            "figures.",
            faults=[Fault("series", key, "the key of a series that has not ended")],
        )
    if history.series.covariate:
        raise CovariateNotForecast(
            f"{key} is a covariate and is not forecast. GET /history?series={key} has its figures.",
            faults=[Fault("series", key, "the key of a series that is no covariate")],
        )
    observed, fewest = observed_count(history), history.series.fewest_figures
    if observed < fewest:
        raise TooShortHistory(
            f"{key} has {observed} figures as known on {history.as_of}, and a forecast needs at "
            f"least {fewest}. Load more months, or ask for a later as_of.",
            faults=[Fault("series", key, f"the key of a series with {fewest} figures or more")],
        )
    series, errors = to_series_with_noise(session, history)
    return ForecastInputs(
        history=history,
        series=series,
        data_version=data_version(zip(history.observations, errors, strict=True), pool),
        pool=pool,
        provisional=tuple(
            observation
            for observation in history.observations
            if observation.status in NOT_FINAL or observation.vague
        ),
    )


def observed_count(history: History) -> int:
    """How many of the months of a history have a figure."""
    return sum(observation.value is not None for observation in history.observations)


def to_series_with_noise(
    session: Session, history: History
) -> tuple[MonthlySeries, list[MeasurementNoise | None]]:
    """The figures of a history, one of which at least has a value, as a series.

    And each figure's error.
    """
    observed = {
        observation.period: observation.value
        for observation in history.observations
        if observation.value is not None
    }
    errors = measurement_noise(session, history.series.id, history.observations)
    error_of = {
        observation.period: error
        for observation, error in zip(history.observations, errors, strict=True)
    }
    months = months_between(min(observed), max(observed))
    series = MonthlySeries(
        months[0],
        np.array([observed.get(month, np.nan) for month in months], dtype=float),
        [error_of.get(month) for month in months],
    )
    return series, errors
