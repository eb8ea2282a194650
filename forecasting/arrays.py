"""The array types of the statistics."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]


def read_only(values: Array) -> Array:
    """A read-only copy of `values`, any shape, for a frozen dataclass to hold."""
    kept = np.array(values, dtype=np.float64)
    kept.setflags(write=False)
    return kept
