"""What a forecast of a series is made from: its figures as known on a day, as the statistics take them."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from app.database import Session
from app.errors import Fault, SeriesHasEnded, TooShortHistory
from app.forecasts.learning import NOT_FINAL
from app.forecasts.measurement import measurement
from app.forecasts.specification import PoolName, data_version
from app.observations import reading
from app.observations.figures import Figure
from app.observations.reading import History
from forecasting import FigureError, MonthlySeries, months_between
from forecasting.series import FEWEST_OBSERVED


@dataclass(frozen=True, slots=True)
class Inputs:
    """The figures, the series that the statistics see, and the name of this state of the data."""

    history: History
    series: MonthlySeries
    data_version: str
    pool: PoolName | None = None

    @property
    def provisional(self) -> list[Figure]:
        """The figures that are not final or were not said exactly."""
        return [figure for figure in self.history.figures if figure.status in NOT_FINAL or figure.vague]


def inputs(
    session: Session, key: str, *, today: date, as_of: date | None = None, pool: PoolName | None = None
) -> Inputs:
    """The inputs of a forecast of `key` as of a day, whose data version includes the pool that it takes.

    Raises what `reading.history` raises, SeriesHasEnded, and TooShortHistory.
    """
    history = reading.history(session, key, today=today, as_of=as_of)
    if history.series.ended:
        raise SeriesHasEnded(
            f"{key} has ended and is not forecast. GET /history?series={key} has its figures.",
            faults=[Fault("series", key, "the key of a series that has not ended")],
        )
    observed = sum(figure.value is not None for figure in history.figures)
    if observed < FEWEST_OBSERVED:
        raise TooShortHistory(
            f"{key} has {observed} figures as known on {history.as_of}, and a forecast needs at least "
            f"{FEWEST_OBSERVED}. Load earlier months, or ask for a later as_of.",
            faults=[Fault("series", key, f"the key of a series with {FEWEST_OBSERVED} figures or more")],
        )
    series, errors = monthly_series(session, history)
    return Inputs(history, series, data_version(zip(history.figures, errors, strict=True), pool), pool)


def monthly_series(session: Session, history: History) -> tuple[MonthlySeries, list[FigureError | None]]:
    """The figures of a history, one of which at least has a value, as a series; and each figure's error."""
    observed = {figure.period: figure.value for figure in history.figures if figure.value is not None}
    errors = measurement(session, history.series.id, history.figures)
    error_of = {figure.period: error for figure, error in zip(history.figures, errors, strict=True)}
    months = months_between(min(observed), max(observed))
    series = MonthlySeries(
        months[0],
        np.array([observed.get(month, np.nan) for month in months], dtype=float),
        [error_of.get(month) for month in months],
    )
    return series, errors
