"""Archived forecasts as a forecast hub's model output (hubverse): quantiles and joint samples."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.forecasts.encoding import PathsWithPast
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
    """One series' forecast: marginals and paths of the months after `origin`.

    With `past`, the paths of past months whose figures are uncertain are exported too.
    hierarchy: names the forecasts whose paths add up, row by row; None if there are no others
    """

    location: str
    origin: Month
    marginals: Distribution
    joint: PathsWithPast
    past: bool = False
    hierarchy: str | None = None


def file_name(origin: Month, model: str) -> str:
    """The name of a model-output file, without its ending."""
    return f"{origin.last_day}-{TEAM}-{model}"


def model_output_table(forecasts: list[HubForecast], horizon: int) -> Table:
    """The rows of some series' forecasts, of the first `horizon` months.

    The output_type_id of a sample is the number of its path, the same in all months of a series and
    in all series of a hierarchy, whose samples therefore add up. Numbers of series that are in no
    common hierarchy differ, as their paths are drawn apart and say nothing of each other. Past
    months have horizons of 0 (the origin) and below, and samples only.
    """
    rows: list[tuple[Any, ...]] = []
    first_numbers: dict[tuple[str | None, str], int] = {}
    free = 1
    for forecast in forecasts:
        alone = forecast.location if forecast.hierarchy is None else ""
        joint = forecast.hierarchy, alone
        if joint not in first_numbers:
            first_numbers[joint] = free
            free += min(SAMPLES, forecast.joint.paths.shape[0])
        rows += _rows(forecast, horizon, first_numbers[joint])
    return COLUMNS, rows


def _rows(forecast: HubForecast, horizon: int, first_sample: int) -> Iterator[tuple[Any, ...]]:
    quantiles = forecast.marginals.quantiles(HUB_LEVELS)
    samples = _sampled(forecast.joint.paths)
    if forecast.past:
        past = _sampled(forecast.joint.past_paths)
        for month, sample in zip(forecast.joint.past_months, past.T, strict=True):
            yield from _samples(_task(forecast, month - forecast.origin), sample, first_sample)
    for step in range(horizon):
        task = _task(forecast, step + 1)
        for level, value in zip(HUB_LEVELS, quantiles[step], strict=True):
            yield (*task, "quantile", f"{level:g}", int(value))
        yield from _samples(task, samples[:, step], first_sample)


def _task(forecast: HubForecast, ahead: int) -> tuple[Any, ...]:
    reference, target_end = forecast.origin.last_day, (forecast.origin + ahead).last_day
    return reference, TARGET, ahead, target_end, forecast.location


def _samples(
    task: tuple[Any, ...], values: NDArray[Any], first_sample: int
) -> Iterator[tuple[Any, ...]]:
    for number, value in enumerate(values, start=first_sample):
        yield (*task, "sample", number, int(value))


def _sampled(paths: NDArray[Any]) -> NDArray[Any]:
    """At most 100 of the paths, always the same ones, whatever their order has to say."""
    return np.asarray(paths[np.random.default_rng(0).permutation(paths.shape[0])[:SAMPLES]])
