"""What a model is: fit a series, then draw paths from the fit."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError, FitWarning
from forecasting.pool import Pool
from forecasting.series import MonthlySeries

FEWEST_TO_FIT = 10
"""Observed months below which nothing but the size of monthly changes is estimated."""

SEASON_NEEDS = 36
"""Observed months from which on a season is estimated: three of each calendar month."""


class Fitted(Protocol):
    """A model that knows one series."""

    @property
    def parameters(self) -> Parameters:
        """What was learned; given back as `start` it begins the next fit of this model."""

    @property
    def warnings(self) -> tuple[FitWarning, ...]:
        """What a reader of the forecast should know."""

    def simulate(self, horizon: int, draws: int, rng: np.random.Generator) -> Array:
        """Paths of log(1 + count) after the series' end, (draws, horizon); horizon is 1 to 36."""


class Model(Protocol):
    """Satisfied by a module with a function `fit`."""

    def fit(self, series: MonthlySeries, start: Parameters | None, /) -> Fitted:
        """Fit `series`; `start` are the parameters of an earlier fit, used where they help.

        Raises FitError where the series is not one for this model.
        """


@runtime_checkable
class Refilterable(Model, Protocol):
    """A module that also has a function `refilter`: the models whose fit is a search."""

    def refilter(self, series: MonthlySeries, parameters: Parameters, /) -> Fitted:
        """Run a fit's parameters, held fixed, over `series`, which is some months longer.

        Nothing is searched for. Over the series that they were fitted to, this gives the fit
        itself. Raises FitError where the parameters are not those of this model's form for this
        series.
        """


class PooledModel(Protocol):
    """Satisfied by a module whose function `fit` also takes what other series say."""

    def fit(self, series: MonthlySeries, start: Parameters | None, pool: Pool | None, /) -> Fitted:
        """As that of `Model`; without a pool the series is all there is to learn from."""


@dataclass(frozen=True)
class WithPool:
    """A pooled model that has been given its pool, and so is a model like any other."""

    model: PooledModel
    pool: Pool | None

    def fit(self, series: MonthlySeries, start: Parameters | None, /) -> Fitted:
        return self.model.fit(series, start, self.pool)


def require_observed(series: MonthlySeries, needed: int) -> None:
    """Raises FitError where fewer months are observed than a model needs."""
    if series.observed_count < needed:
        raise FitError("too_few_months", needed=needed, observed=series.observed_count)


def has_season(series: MonthlySeries) -> bool:
    """Whether enough months are observed to estimate a season."""
    return series.observed_count >= SEASON_NEEDS


def require_fittable(series: MonthlySeries) -> None:
    """Raises FitError below 10 observed months, or if all values are equal."""
    require_observed(series, FEWEST_TO_FIT)
    if np.nanmin(series.values) == np.nanmax(series.values):
        raise FitError("all_equal")
