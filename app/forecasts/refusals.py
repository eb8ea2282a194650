"""How a request for a forecast can be refused."""

from app.errors import (
    BadParameter,
    BeforeFirstFullRelease,
    CovariateNotForecast,
    SeriesHasEnded,
    StillComputing,
    TooBusy,
    TooShortHistory,
    UnknownSeries,
)
from app.rate_limits import TooManyComputations

FORECAST_REFUSALS = (
    UnknownSeries,
    BadParameter,
    BeforeFirstFullRelease,
    TooShortHistory,
    CovariateNotForecast,
    SeriesHasEnded,
    StillComputing,
    TooManyComputations,
    TooBusy,
)
"""The problems that every call for a forecast declares."""
