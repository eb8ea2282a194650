"""What a series takes from others at each step of the pass."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.spread import ScaledAbsoluteErrors, pooled_log_error_ratio
from forecasting.pool import PoolRows


class PartialPooling(Protocol):
    """By month, what all series say; None where there are no others."""

    def evidence(self, own: Array, counts: NDArray[np.bool_]) -> Array | None:
        """(T, G) mean evidence for each filter; own: (T, S, G), counts: (T, S) whether it does."""

    def excess_volatility(self, own: Array, counts: NDArray[np.bool_]) -> Array | None:
        """(T,) mean excess volatility; own: (T, S), counts: (T, S) whether it does."""

    def ratio(self, past: ScaledAbsoluteErrors) -> Array | None:
        """(T, horizon) log ratio of past to expected absolute errors."""


class NoPooling:
    """A series takes nothing from others."""

    def evidence(self, own: Array, counts: NDArray[np.bool_]) -> None: ...

    def excess_volatility(self, own: Array, counts: NDArray[np.bool_]) -> None: ...

    def ratio(self, past: ScaledAbsoluteErrors) -> None: ...


class LearnedPooling:
    """A series takes the rows of a pool in its own months."""

    def __init__(self, rows: PoolRows) -> None:
        self._rows = rows

    def evidence(self, own: Array, counts: NDArray[np.bool_]) -> Array:
        return self._rows.evidence

    def excess_volatility(self, own: Array, counts: NDArray[np.bool_]) -> Array:
        return self._rows.excess_volatility

    def ratio(self, past: ScaledAbsoluteErrors) -> Array:
        return self._rows.ratio


class RecordingPooling:
    """The series of one table take their means, which are kept: this is how a pool is learned."""

    def __init__(self, constants: Constants = CONSTANTS) -> None:
        self.kept: dict[str, Array] = {}
        self._constants = constants

    def evidence(self, own: Array, counts: NDArray[np.bool_]) -> Array:
        return self._keep("evidence", _mean(own, counts))

    def excess_volatility(self, own: Array, counts: NDArray[np.bool_]) -> Array:
        return self._keep("excess_volatility", _mean(own, counts))

    def ratio(self, past: ScaledAbsoluteErrors) -> Array:
        return self._keep("ratio", pooled_log_error_ratio(past, self._constants))

    def _keep(self, name: str, rows: Array) -> Array:
        self.kept[name] = rows
        return rows


def _mean(own: Array, observed: NDArray[np.bool_]) -> Array:
    """Mean over the series (axis 1) that are observed in the month, 0 where none is."""
    counts = observed.reshape(*observed.shape, *(1,) * (own.ndim - 2))
    return np.asarray((own * counts).sum(axis=1) / np.maximum(counts.sum(axis=1), 1))
