"""What a model is: fit a series, then draw paths from the fit."""

from typing import Protocol

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.series import MonthlySeries


class FitError(ValueError):
    """A model cannot forecast this series; the message says why, in words for a reader of the forecast."""


class Fitted(Protocol):
    """A model that knows one series."""

    @property
    def parameters(self) -> Parameters:
        """What was learnt; given back as `start` it begins the next fit of this model."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the forecast should know."""

    def simulate(self, horizon: int, draws: int, rng: np.random.Generator) -> Array:
        """Paths of log(1 + count) after the series' end, (draws, horizon)."""


class Model(Protocol):
    """Satisfied by a module with a function `fit`."""

    def fit(self, series: MonthlySeries, start: Parameters | None, /) -> Fitted:
        """Fit `series`; `start` are the parameters of an earlier fit, used where they help.

        Raises FitError where the series is not one for this model.
        """


def require(observed: int, needed: int) -> None:
    """Raises FitError where fewer months are observed than a model needs."""
    if observed < needed:
        raise FitError(f"needs {needed} observed months, got {observed}")
