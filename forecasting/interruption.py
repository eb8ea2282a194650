"""The effect of a past event on the level of counts, by an interrupted time series."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.arrays import Array
from forecasting.month import Month
from forecasting.scenario import EIGHTY_PERCENT, Effect, effect_shares
from forecasting.series import MonthlySeries

if TYPE_CHECKING:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

MONTHS_BEFORE = 120
"""Months before an event that are used: the level and season of longer ago say little about it."""
MONTHS_AFTER = 6
"""Months from the full effect on that are used. Later ones are the work of later events."""
FEWEST_BEFORE, FEWEST_AFTER = 24, 3
MOST_PLACEBOS = 48
_SEASON_NEEDS = 36  # observed months
_ITERATIONS = 100


@dataclass(frozen=True, slots=True)
class PlaceboEffect:
    """What the same method finds at a month in which nothing is known to have happened."""

    period: Month
    log_size: float
    standard_error: float

    @property
    def factor(self) -> float:
        """By what counts were multiplied."""
        return float(np.exp(self.log_size))


@dataclass(frozen=True, slots=True)
class EstimatedEffect:
    """An effect on the level, as it is estimated from the months around it.

    Parameters
    ----------
    period : Month
        The first month of the effect.
    phase_in : int
        Months over which it builds up, 0 or 1 if it is there at once.
    log_size : float
        The change of the logarithm of counts.
    standard_error : float
        The standard error of `log_size`.
    inflation : float
        By how much the standard error of the model had to be multiplied for the placebo dates, 1 or
        more.
    first : Month
        The first month used.
    last : Month
        The last month used.
    placebos : tuple of PlaceboEffect
        The same at earlier dates, oldest first.

    Examples
    --------
    >>> month = Month.parse("2024-06")
    >>> EstimatedEffect(month, 0, np.log(0.5), 0.1, 1.0, month - 60, month + 5, ()).factor
    0.5
    """

    period: Month
    phase_in: int
    log_size: float
    standard_error: float
    inflation: float
    first: Month
    last: Month
    placebos: tuple[PlaceboEffect, ...]

    @property
    def factor(self) -> float:
        """By what counts were multiplied."""
        return float(np.exp(self.log_size))

    @property
    def uncertainty(self) -> float:
        """With a probability of 80% the factor is between factor / uncertainty and factor *
        uncertainty."""
        return float(np.exp(EIGHTY_PERCENT * self.standard_error))

    @property
    def placebo_share(self) -> float | None:
        """The share of placebo dates with an effect at least as large; None without any."""
        if not self.placebos:
            return None
        larger = [abs(one.log_size) >= abs(self.log_size) for one in self.placebos]
        return sum(larger) / len(larger)

    def interval(self, level: float) -> tuple[float, float]:
        """The central interval of the factor at a level in (0, 1)."""
        half = NormalDist().inv_cdf((1 + level) / 2) * self.standard_error
        return float(np.exp(self.log_size - half)), float(np.exp(self.log_size + half))

    def at(self, period: Month) -> Effect:
        """The same effect from another month on."""
        return Effect(period, self.factor, self.uncertainty, self.phase_in)


def estimate_effect(
    series: MonthlySeries, period: Month, phase_in: int = 0, *, but_not: Sequence[Month] = ()
) -> EstimatedEffect:
    """Estimate the effect of an event on the level of counts.

    Log counts are a local level, a season, and noise, as in the model `structural`, and from the
    month of the event on a step or, if the effect builds up, a ramp that becomes one. Its size is
    estimated together with the variances from the ten years before the event and the six months
    after it has its full effect. The same is done, with these variances, at earlier dates. If the
    effects found there are larger than their standard errors allow, the standard error is inflated
    accordingly: a level that moves by itself hides the effect of an event.

    Parameters
    ----------
    series : MonthlySeries
    period : Month
        The first month of the effect.
    phase_in : int
        Months over which the logarithm of the effect builds up evenly; 0 or 1 for a step.
    but_not : sequence of Month
        Months of other events, which are no placebo dates.

    Returns
    -------
    EstimatedEffect

    Raises
    ------
    ValueError
        If `phase_in` is negative, if fewer than 24 months before the event or 3 after its full
        effect are observed, or if the model does not fit.

    References
    ----------
    Box & Tiao (1975), JASA 70(349); Harvey (1989), Forecasting, Structural Time Series Models and
    the Kalman Filter, section 7.6; Bertrand, Duflo & Mullainathan (2004), QJE 119(1), for placebos.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> counts = np.round(1000 * np.exp(rng.normal(0, 0.05, 60)))
    >>> counts[48:] /= 2
    >>> series = MonthlySeries("2020-01", counts)
    >>> round(estimate_effect(series, Month.parse("2024-01")).factor, 1)
    0.5
    """
    if phase_in < 0:
        raise ValueError(f"phase_in is {phase_in}, expected 0 or more months")
    full = period + max(phase_in, 1) - 1
    first = max(series.start, period - MONTHS_BEFORE)
    last = min(series.end, full + MONTHS_AFTER - 1)
    logs = np.log1p(series.values[first - series.start : last - series.start + 1])
    seen = ~np.isnan(logs)
    before, after = int(seen[: period - first].sum()), int(seen[max(full - first, 0) :].sum())
    if period <= first or before < FEWEST_BEFORE or after < FEWEST_AFTER:
        raise ValueError(
            f"{before} months before {period} and {after} from {full} on are observed, expected at "
            f"least {FEWEST_BEFORE} and {FEWEST_AFTER}"
        )
    model = _model(logs, effect_shares(first, logs.size, period, phase_in))
    with warnings.catch_warnings():
        # a variance of zero is at the edge of what is possible, and near enough
        warnings.simplefilter("ignore")
        fitted = model.fit(maxiter=_ITERATIONS, cov_type="none", disp=False)
    log_size, error = _coefficient(fitted)
    if not np.isfinite([log_size, error]).all():
        raise ValueError(f"the model does not fit the months from {first} to {last}")
    placebos = tuple(
        PlaceboEffect(month, *_effect_at(logs, first, month, phase_in, fitted.params))
        for month in _placebo_months(first, period, phase_in, but_not)
    )
    inflation = _inflation(placebos)
    return EstimatedEffect(
        period, phase_in, log_size, error * inflation, inflation, first, last, placebos
    )


def _placebo_months(
    first: Month, period: Month, phase_in: int, but_not: Sequence[Month]
) -> list[Month]:
    """The last months before which there is enough to see, and after which the event is not yet."""
    begin = first + FEWEST_BEFORE
    end = period - max(phase_in, 1) - MONTHS_AFTER + 1
    months = [begin + step for step in range(max(end - begin + 1, 0))]
    return [month for month in months if month not in but_not][-MOST_PLACEBOS:]


def _effect_at(
    logs: Array, first: Month, month: Month, phase_in: int, variances: Array
) -> tuple[float, float]:
    """The size of an effect and its standard error, with variances that are known."""
    months = month - first + max(phase_in, 1) + MONTHS_AFTER - 1
    shown = logs[:months]
    model = _model(shown, effect_shares(first, shown.size, month, phase_in), like=logs)
    return _coefficient(model.filter(variances, cov_type="none"))


def _model(logs: Array, shares: Array, *, like: Array | None = None) -> "UnobservedComponents":
    """Level, season if there are months enough (of `like`), noise, and the effect as a state."""
    from statsmodels.tsa.statespace.structural import (  # noqa: PLC0415  # 2.6 s
        UnobservedComponents,
    )

    seasonal = int((~np.isnan(logs if like is None else like)).sum()) >= _SEASON_NEEDS
    return UnobservedComponents(
        logs,
        level="local level",
        freq_seasonal=[{"period": 12, "harmonics": 6}] if seasonal else None,
        stochastic_freq_seasonal=[True] if seasonal else None,
        exog=shares[:, np.newaxis],
        mle_regression=False,
    )


def _coefficient(results: Any) -> tuple[float, float]:
    """The last filtered state is the coefficient of the effect: it has seen all months."""
    return (
        float(results.filtered_state[-1, -1]),
        float(np.sqrt(max(results.filtered_state_cov[-1, -1, -1], 0.0))),
    )


def _inflation(placebos: Sequence[PlaceboEffect]) -> float:
    """The root mean square of the placebo effects in standard errors, at least 1."""
    scores = [one.log_size / one.standard_error for one in placebos if one.standard_error > 0]
    return max(1.0, float(np.sqrt(np.mean(np.square(scores))))) if scores else 1.0
