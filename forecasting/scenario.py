"""What would follow if some coming months were known and something changed the level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Forecast
from forecasting.month import Month
from forecasting.series import MonthlySeries

_EIGHTY_PERCENT = NormalDist().inv_cdf(0.9)
_EFFECTS = 2
"""Sets the stream of the effects' sizes apart from those of the models and of the figures'
doubt."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A factor on the level of counts from a month on.

    The true factor is log-normal around `factor`, its median; with probability 80 % it lies between
    factor / uncertainty and factor * uncertainty. `uncertainty` 1 is certainty.
    """

    period: Month
    factor: float
    uncertainty: float = 1.0

    def __post_init__(self) -> None:
        """Raises ValueError where `factor` is not above 0 or `uncertainty` is below 1."""
        if not (np.isfinite(self.factor) and self.factor > 0):
            raise ValueError(f"factor is {self.factor:g}, expected a number above 0")
        if not (np.isfinite(self.uncertainty) and self.uncertainty >= 1):
            raise ValueError(f"uncertainty is {self.uncertainty:g}, expected a factor of 1 or more")


def assume_counts(series: MonthlySeries, counts: Mapping[Month, float]) -> MonthlySeries:
    """The series with assumed counts of months after its end, taken as exact.

    Months between are missing.

    Raises ValueError where a month is not after the end, or a count is not finite and 0 or more.
    """
    for month, count in counts.items():
        if month <= series.end:
            raise ValueError(f"{month} is assumed, expected a month after {series.end}")
        if not (np.isfinite(count) and count >= 0):
            raise ValueError(f"{month} is assumed to be {count:g}, expected a count of 0 or more")
    if not counts:
        return series
    added = np.full(max(counts) - series.end, np.nan)
    for month, count in counts.items():
        added[month - series.end - 1] = count
    measurement = (
        None if series.measurement is None else [*series.measurement, *[None] * added.size]
    )
    return MonthlySeries(series.start, np.concatenate([series.values, added]), measurement)


def apply_effects(forecast: Forecast, effects: Sequence[Effect], seed: int = 0) -> Forecast:
    """The forecast with every path multiplied by the effects from their months on.

    Each path has one size of each effect for all of its months, independent of the path, so that
    sums over months are as uncertain as the effect is. The same arguments give the same bytes.
    """
    rng = np.random.default_rng([seed, _EFFECTS])
    paths = forecast.paths.copy()
    for effect in effects:
        since = max(effect.period - forecast.origin - 1, 0)
        paths[:, since:] *= _factors(effect, forecast.draws, rng)[:, np.newaxis]
    return replace(forecast, paths=paths)


def _factors(effect: Effect, draws: int, rng: np.random.Generator) -> Array:
    """(draws,) sizes with exactly the quantiles of the effect's distribution, in random order."""
    standard = NormalDist()
    scores = np.array([standard.inv_cdf((i + 0.5) / draws) for i in rng.permutation(draws)])
    return np.asarray(
        effect.factor * effect.uncertainty ** (scores / _EIGHTY_PERCENT), dtype=np.float64
    )
