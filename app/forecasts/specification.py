"""What determines a forecast besides the figures: the model, its settings and the version of the method."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.observations.figures import Figure
from forecasting.forecaster import DRAWS
from forecasting.models.model import LONGEST_HORIZON

METHOD = 1  # raised when a change of the statistics makes archived forecasts out of date


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


def data_version(figures: Iterable[Figure]) -> str:
    """Names the figures that a forecast uses: SHA-256 of each month, value and how it was said."""
    digest = hashlib.sha256()
    for figure in figures:
        value = "" if figure.value is None else figure.value
        digest.update(
            f"{figure.period}|{value}|{figure.status}|{figure.qualifier}|{figure.rounding_unit}|{figure.source}\n".encode()
        )
    return digest.hexdigest()
