"""Scenarios: forecasts under assumed counts and assumed effects on the level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Forecast
from forecasting.measurement.noise import MeasurementNoise
from forecasting.month import Month
from forecasting.series import MonthlySeries

EIGHTY_PERCENT = NormalDist().inv_cdf(0.9)
_EFFECTS = 2
"""Sets the stream of the effects' sizes apart from those of the models and of
measurement noise."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A factor on the level of counts from a month on.

    The true factor has a log-normal distribution with the median `factor`. With a probability of
    80% it lies between factor / uncertainty and factor * uncertainty.

    Parameters
    ----------
    period : Month
        The first month of the effect.
    factor : float
        The median factor, above 0.
    uncertainty : float
        1 or more; 1 means that the factor is certain.
    phase_in : int
        Months over which the effect builds up, in equal steps of its logarithm; 0 or 1 if it is
        there at once.

    Raises
    ------
    ValueError
        If `factor`, `uncertainty`, or `phase_in` is not as described.

    Examples
    --------
    >>> Effect(Month.parse("2024-06"), factor=0.5, uncertainty=1.2).factor
    0.5
    """

    period: Month
    factor: float
    uncertainty: float = 1.0
    phase_in: int = 0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.factor) and self.factor > 0):
            raise ValueError(f"factor is {self.factor:g}, expected a number above 0")
        if not (np.isfinite(self.uncertainty) and self.uncertainty >= 1):
            raise ValueError(f"uncertainty is {self.uncertainty:g}, expected a factor of 1 or more")
        if self.phase_in < 0:
            raise ValueError(f"phase_in is {self.phase_in}, expected 0 or more months")


def assume_counts(
    series: MonthlySeries,
    counts: Mapping[Month, float],
    noise: Mapping[Month, MeasurementNoise] | None = None,
) -> MonthlySeries:
    """Extend a series by assumed counts of later months.

    Parameters
    ----------
    series : MonthlySeries
    counts : mapping of Month to float
        Counts of months after the end of the series.
    noise : mapping of Month to MeasurementNoise, optional
        The errors of assumed counts; those of other months are exact.

    Returns
    -------
    MonthlySeries
        Months between the end of `series` and an assumed month are missing.

    Raises
    ------
    ValueError
        If a month is not after the end, or a count is negative or not finite.

    Examples
    --------
    >>> series = MonthlySeries("2024-03", [137480, 128895])
    >>> assumed = assume_counts(series, {Month.parse("2024-06"): 90000})
    >>> str(assumed.end), assumed.values.tolist()
    ('2024-06', [137480.0, 128895.0, nan, 90000.0])
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
    noise = noise or {}
    measurement = None
    if series.measurement is not None or noise:
        known = series.measurement or [None] * series.values.size
        assumed = [noise.get(series.end + step + 1) for step in range(added.size)]
        measurement = [*known, *assumed]
    return MonthlySeries(series.start, np.concatenate([series.values, added]), measurement)


def apply_effects(forecast: Forecast, effects: Sequence[Effect], seed: int = 0) -> Forecast:
    """Multiply the paths of a forecast by effects, from their months on.

    Each path gets one size of each effect for all of its months, independent of the path. Sums over
    months are therefore as uncertain as the effect is.

    Parameters
    ----------
    forecast : Forecast
    effects : sequence of Effect
    seed : int
        The same arguments and seed give the same bytes.

    Returns
    -------
    Forecast

    Examples
    --------
    >>> forecast = Forecast(Month.parse("2024-04"), np.array([[100.0, 200.0]]), model="by hand")
    >>> apply_effects(forecast, [Effect(Month.parse("2024-06"), 0.5)]).paths.tolist()
    [[100.0, 100.0]]
    """
    rng = np.random.default_rng([seed, _EFFECTS])
    paths = forecast.paths.copy()
    for effect in effects:
        factors = _factors(effect, forecast.draws, rng)[:, np.newaxis]
        if effect.phase_in <= 1:
            paths[:, max(effect.period - forecast.origin - 1, 0) :] *= factors
            continue
        paths *= factors ** effect_shares(
            forecast.origin + 1, paths.shape[1], effect.period, effect.phase_in
        )
    return replace(forecast, paths=paths)


def effect_shares(first: Month, months: int, period: Month, phase_in: int) -> Array:
    """The share of an effect's logarithm that is there in each of some months.

    Parameters
    ----------
    first : Month
        The first of the months.
    months : int
        How many months.
    period : Month
        The first month of the effect.
    phase_in : int
        Months over which it builds up evenly; 0 or 1 if it is there at once.

    Returns
    -------
    array, shape (months,)
        From 0 to 1.
    """
    since = np.arange(months) + (first - period) + 1
    return np.asarray(np.clip(since / max(phase_in, 1), 0.0, 1.0), dtype=np.float64)


def _factors(effect: Effect, draws: int, rng: np.random.Generator) -> Array:
    """(draws,) sizes with exactly the quantiles of the effect's distribution, in random order."""
    standard = NormalDist()
    scores = np.array([standard.inv_cdf((i + 0.5) / draws) for i in rng.permutation(draws)])
    return np.asarray(
        effect.factor * effect.uncertainty ** (scores / EIGHTY_PERCENT), dtype=np.float64
    )
