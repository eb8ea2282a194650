"""Distributions as bytes: arrays in NumPy's npz format, which any NumPy reads and none executes."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting import Forecast
from forecasting.distribution import QuantileDistribution

LEVELS = np.round(np.arange(0.005, 1.0, 0.005), 3)
"""The quantile levels that are kept: the ends and the median of every central interval of 1 to 99
percent."""


def encode_marginals(forecast: Forecast) -> bytes:
    quantiles = forecast.quantiles(LEVELS)
    return _encode(mean=_counts(forecast.mean), quantiles=_counts(quantiles))


def decode_marginals(stored: bytes) -> QuantileDistribution:
    """Each forecast month's distribution by itself, at LEVELS."""
    arrays = _decode(stored)
    return QuantileDistribution(arrays["mean"], LEVELS, arrays["quantiles"])


def encode_paths(forecast: Forecast) -> bytes:
    """The sample paths, to the nearest count."""
    return _encode(paths=_counts(forecast.paths))


def decode_paths(stored: bytes) -> NDArray[Any]:
    """(draws, horizon) counts."""
    return _decode(stored)["paths"]


def _counts(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.rint(values), dtype=np.int64)


def _encode(**arrays: NDArray[Any]) -> bytes:
    stored = io.BytesIO()
    np.savez_compressed(stored, allow_pickle=False, **arrays)
    return stored.getvalue()


def _decode(stored: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
