"""What determines a forecast besides the figures: model, settings, version of the method."""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import date

from app.observations.observation import Observation
from forecasting import MeasurementNoise
from forecasting.forecaster import DRAWS
from forecasting.series import LONGEST_HORIZON

METHOD = 7  # raised when a change of the statistics makes archived forecasts out of date


@dataclass(frozen=True, slots=True)
class Specification:
    """How a forecast is made.

    One of the longest horizon is made and stored, and serves the shorter ones.
    """

    model: str
    seed: int
    horizon: int = LONGEST_HORIZON
    draws: int = DRAWS
    method: int = METHOD

    def __str__(self) -> str:
        return (
            f"{self.model} method={self.method} horizon={self.horizon} "
            f"draws={self.draws} seed={self.seed}"
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Series that share a pool: those of a border that count the same."""

    border: str
    unit: str

    def __str__(self) -> str:
        return f"{self.border}/{self.unit}"


@dataclass(frozen=True, slots=True)
class PoolKey:
    """Names the pool of a group of series by the releases that it is learned from.

    releases_digest: of the group and these releases
    as_of: a day on which they were all that was known
    live: whether it is for forecasts of the figures of its time
    """

    releases_digest: str
    as_of: date = field(compare=False)
    live: bool = field(compare=False)
    group: Group = field(compare=False)


def data_version(
    figures: Iterable[tuple[Observation, MeasurementNoise | None]], pool: PoolKey | None = None
) -> str:
    """Names the figures that a forecast uses and what is thought of them: SHA-256 of each month,
    value, how it was said, and its error, and of the pool where the model takes something from
    one."""
    digest = hashlib.sha256()
    for observation, error in figures:
        value = "" if observation.value is None else observation.value
        noise = "" if error is None else " ".join(f"{part:.9g}" for part in astuple(error))
        digest.update(
            f"{observation.period}|{value}|{observation.status}|{observation.qualifier}|{observation.rounding_unit}|"
            f"{observation.source}|{noise}\n".encode()
        )
    if pool is not None:
        digest.update(f"{pool.releases_digest}\n".encode())
    return digest.hexdigest()
