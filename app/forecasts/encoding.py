"""Distributions as bytes: arrays in NumPy's npz format, which any NumPy reads and none executes."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting import Forecast, Month
from forecasting.distribution import QuantileDistribution

LEVELS = np.round(np.arange(0.005, 1.0, 0.005), 3)
"""The quantile levels that are kept: the ends and the median of every central interval of 1 to 99
percent."""


def encode_marginals(forecast: Forecast, *, compressed: bool = True) -> bytes:
    """The means, and the quantiles at LEVELS, of each month; what is not stored need not be
    compressed, which takes longer than all else here."""
    save = np.savez_compressed if compressed else np.savez
    quantiles = forecast.quantiles(LEVELS)
    return _encode(save, mean=_counts(forecast.mean), quantiles=_counts(quantiles))


def decode_marginals(stored: bytes) -> QuantileDistribution:
    """Each forecast month's distribution by itself, at LEVELS."""
    arrays = _decode(stored)
    return QuantileDistribution(arrays["mean"], LEVELS, arrays["quantiles"])


@dataclass(frozen=True, eq=False)
class PathsWithPast:
    """Sample paths of the months after an origin and of past months whose figures are uncertain.

    paths: (draws, horizon) counts
    past_months: k months, ascending
    past_paths: (draws, k) counts of these; row i belongs to row i of `paths`
    """

    paths: NDArray[Any]
    past_months: tuple[Month, ...]
    past_paths: NDArray[Any]


def encode_paths(forecast: Forecast) -> bytes:
    """The sample paths, those of past months included, to the nearest count."""
    return _encode(
        np.savez_compressed,
        paths=_counts(forecast.paths),
        past_months=np.array([month.ordinal for month in forecast.past_months], dtype=np.int64),
        past_paths=_counts(forecast.past_paths),
    )


def decode_paths(stored: bytes) -> NDArray[Any]:
    """(draws, horizon) counts."""
    return _decode(stored)["paths"]


def decode_paths_with_past(stored: bytes) -> PathsWithPast:
    """All that `encode_paths` kept; forecasts by older versions have no paths of past months."""
    arrays = _decode(stored)
    paths = arrays["paths"]
    if "past_paths" not in arrays:
        return PathsWithPast(paths, (), paths[:, :0])
    months = tuple(Month(int(ordinal)) for ordinal in arrays["past_months"])
    return PathsWithPast(paths, months, arrays["past_paths"])


def _counts(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.rint(values), dtype=np.int64)


def _encode(save: Callable[..., None], **arrays: NDArray[Any]) -> bytes:
    stored = io.BytesIO()
    save(stored, allow_pickle=False, **arrays)
    return stored.getvalue()


def _decode(stored: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
