"""Archived forecasts as a forecast hub's model output (hubverse): quantiles and joint samples."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.http.answers import Table
from forecasting import Month
from forecasting.distribution import Distribution
from forecasting.scores import HUB_LEVELS

COLUMNS = (
    "reference_date",
    "target",
    "horizon",
    "target_end_date",
    "location",
    "output_type",
    "output_type_id",
    "value",
)
TARGET = "monthly encounters"
TEAM = "bordercast"
SAMPLES = 100


@dataclass(frozen=True, slots=True)
class HubForecast:
    """One series' forecast: marginals and paths (draws, horizon) of the months after `origin`."""

    location: str
    origin: Month
    marginals: Distribution
    paths: NDArray[Any]


def file_name(origin: Month, model: str) -> str:
    """The name of a model-output file, without its ending."""
    return f"{origin.last_day}-{TEAM}-{model}"


def model_output_table(forecasts: list[HubForecast], horizon: int) -> Table:
    """The rows of some series' forecasts, of the first `horizon` months.

    The output_type_id of a sample is the number of its path, the same in all months of a series;
    numbers of different series differ, as their paths are drawn apart and say nothing of each
    other.
    """
    rows: list[tuple[Any, ...]] = []
    first = 1
    for forecast in forecasts:
        rows += _rows(forecast, horizon, first)
        first += min(SAMPLES, forecast.paths.shape[0])
    return COLUMNS, rows


def _rows(forecast: HubForecast, horizon: int, first_sample: int) -> Iterator[tuple[Any, ...]]:
    quantiles = forecast.marginals.quantiles(HUB_LEVELS)
    samples = _sampled(forecast.paths)
    reference = forecast.origin.last_day
    for step in range(horizon):
        task = (
            reference,
            TARGET,
            step + 1,
            (forecast.origin + step + 1).last_day,
            forecast.location,
        )
        for level, value in zip(HUB_LEVELS, quantiles[step], strict=True):
            yield (*task, "quantile", f"{level:g}", int(value))
        for number, value in enumerate(samples[:, step], start=first_sample):
            yield (*task, "sample", number, int(value))


def _sampled(paths: NDArray[Any]) -> NDArray[Any]:
    """At most 100 of the paths, always the same ones, whatever their order has to say."""
    return np.asarray(paths[np.random.default_rng(0).permutation(paths.shape[0])[:SAMPLES]])
