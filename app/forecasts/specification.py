"""What determines a forecast besides the figures: the model, its settings and the version of the method."""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import date

from app.observations.figures import Figure
from forecasting import FigureError
from forecasting.forecaster import DRAWS
from forecasting.models.model import LONGEST_HORIZON

METHOD = 5  # raised when a change of the statistics makes archived forecasts out of date


@dataclass(frozen=True, slots=True)
class Specification:
    """How a forecast is made. One of the longest horizon is made and stored, and serves the shorter ones."""

    model: str
    seed: int
    horizon: int = LONGEST_HORIZON
    draws: int = DRAWS
    method: int = METHOD

    def __str__(self) -> str:
        return f"{self.model} method={self.method} horizon={self.horizon} draws={self.draws} seed={self.seed}"


@dataclass(frozen=True, slots=True)
class PoolName:
    """What all series say together, by the releases that they say it from.

    knowledge: digest of these releases; as_of: a day on which they were what was known
    live: whether it is for forecasts of the figures of its time
    """

    knowledge: str
    as_of: date = field(compare=False)
    live: bool = field(compare=False)


def data_version(figures: Iterable[tuple[Figure, FigureError | None]], pool: PoolName | None = None) -> str:
    """Names the figures that a forecast uses and what is thought of them: SHA-256 of each month, value, how
    it was said, and its error, and of the pool where the model takes something from one."""
    digest = hashlib.sha256()
    for figure, error in figures:
        value = "" if figure.value is None else figure.value
        doubt = "" if error is None else " ".join(f"{part:.9g}" for part in astuple(error))
        digest.update(
            f"{figure.period}|{value}|{figure.status}|{figure.qualifier}|{figure.rounding_unit}|"
            f"{figure.source}|{doubt}\n".encode()
        )
    if pool is not None:
        digest.update(f"{pool.knowledge}\n".encode())
    return digest.hexdigest()
