"""Distributions as bytes: arrays in NumPy's npz format, which any NumPy reads and none executes."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting import Forecast

LEVELS = np.round(np.arange(0.005, 1.0, 0.005), 3)
"""The quantile levels that are kept: the ends and the median of every central interval of 1 to 99
percent."""


@dataclass(frozen=True, slots=True)
class Marginals:
    """Each forecast month's distribution by itself: mean (horizon,), quantiles at LEVELS (horizon,
    199)."""

    mean: NDArray[Any]
    quantiles: NDArray[Any]

    @property
    def median(self) -> NDArray[Any]:
        """(horizon,)"""
        return self._at(50 / 100)

    def interval(self, level: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Lower and upper ends of the central interval of `level` percent, 1 to 99, (horizon,)
        each."""
        return self._at((100 - level) / 200), self._at((100 + level) / 200)

    def at(self, levels: NDArray[Any]) -> NDArray[Any]:
        """Quantiles at some of LEVELS, (horizon, k)."""
        return np.column_stack([self._at(float(level)) for level in levels])

    def _at(self, probability: float) -> NDArray[Any]:
        return np.asarray(self.quantiles[:, np.searchsorted(LEVELS, probability - 1e-9)])


def encode_marginals(forecast: Forecast) -> bytes:
    quantiles = forecast.quantiles(LEVELS)
    return _encode(mean=_counts(forecast.mean), quantiles=_counts(quantiles))


def decode_marginals(stored: bytes) -> Marginals:
    arrays = _decode(stored)
    return Marginals(arrays["mean"], arrays["quantiles"])


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
