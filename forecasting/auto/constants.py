"""The settings of the method, the same for every series, month and horizon."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constants:
    """Round numbers on a plateau: most single changes move the log score by less than 0.3 %.

    What each was chosen on is in docs/evidence.md. A star marks those that also needed years that
    are otherwise reported only (see benchmarks/protocol.md). Standard deviations are on the log
    scale, half-lives and strengths in months unless said otherwise.
    """

    # filters
    reversion: float = 0.98
    """What is left after a month of a level's distance from its long-run mean, and of a trend."""
    noise: tuple[float, ...] = (0.0, 0.3, 1.0, 4.0, 16.0)
    """Variance of a month's noise over that of the level's innovation."""
    season: tuple[tuple[float, float], ...] = (
        (0.0002, 0.0),
        (0.06, 0.0063),
        (0.06, 0.02),
        (0.2, 0.011),
        (0.2, 0.035),
        (0.6, 0.011),
    )
    """Prior deviation of a calendar month's effect, and of its drift in a month."""
    trend_noise: tuple[int, ...] = (0, 2, 3)
    trend_season: tuple[int, ...] = (0, 2, 5)
    """Which of the above also have a filter whose level does not revert but has a trend."""
    trend_deviation: float = 0.01
    """Prior deviation of the growth in a month."""
    trend_log_odds: float = -10.0
    """Prior log weight of a filter with a trend, relative to one without."""
    start_variance: float = 0.04
    """Of a month's innovation before anything is known."""
    start_weight: float = 3.0
    """How many innovations that counts as."""
    start_mean_variance: float = 1.0
    """Of the long-run mean around the first value."""
    variance_half_life: float = 12.0
    """Of the innovation variance inside a filter."""
    innovation_clip: float = 4.0
    """Larger innovations, in standard deviations, count as this, but for states in a jump."""

    # weights
    weight_half_life: float = 24.0
    weight_rate: float = 2.0
    weight_horizon: int = 6
    """Months ahead up to which errors count, each with a weight of one over them."""
    weight_pool: float = 1.0
    """The mean evidence of all series counts like that of one more."""

    # errors as evidence
    clip: float = 3.0
    """Larger errors, in units of what was expected, count as this."""
    warm_up: int = 12
    """Months of a series before its errors count."""

    # shrinkage to the last value
    shrinkage_prior: tuple[float, float] = (0.5, 0.3)
    """Share of the last value one month ahead, and from four months ahead on."""
    shrinkage_strength: tuple[float, float] = (5.0, 20.0)
    """* Months of evidence that outweigh the prior."""
    shrinkage_half_life: float = 60.0

    # innovation outliers
    outlier_clip: float = 5.0
    """A first error that is larger, in scales, may be an outlier or a jump.

    The shrinkage takes it as this.
    """
    outlier_uncertainty: float = 0.5
    """Mean absolute error that each unit beyond adds to the forecasts from there."""
    outlier_persistence: float = 0.8
    """Share of that which is left a month later if the level has stayed there."""

    # volatility
    volatility_half_life: float = 3.0
    """Of the mean absolute error of a month, as it is now."""
    volatility_clip: float = 5.0
    usual_volatility_half_life: float = 60.0
    """Of the level that it returns to: the mean of its logarithm."""
    usual_volatility: float = 0.1
    usual_volatility_months: float = 24.0
    """Months that the prior, the line above, counts as."""
    volatility_excess: float = 0.67
    """Share of the distance from the usual level that the next month keeps."""
    volatility_persistence: float = 0.9
    """What is left of it with each month ahead."""
    volatility_pool: float = 0.2
    """Share of all series' mean in that distance."""
    start_scale: float = 0.15
    start_scale_weight: float = 6.0

    # spread
    spread: float = 1.6
    """* Mean absolute error over volatility times implied growth, before anything is known."""
    ratio_half_life: float = 60.0
    pool_strength: float = 60.0
    """Independent months of the pool that outweigh the prior."""
    own_strength: float = 40.0
    """* Independent months of a series that outweigh the pool."""
    own_strength_alone: float = 3.0
    overlap_power_alone: float = 0.5
    """A month of errors h months ahead holds 1 / h**power independent ones; 1 / h in a pool."""

    # shape
    degrees_of_freedom: tuple[float, float] = (4.0, 15.0)
    """Degrees of freedom at one month and from twelve months on."""
    skew: float = 0.1
    """* How much shorter, in logs, the upper side is per deviation above the long-run mean."""
    skew_full_horizon: float = 6.0
    """Months ahead from which on it is skewed fully."""
    tail: float = 0.0005
    """Probability beyond which no path goes: the mean of exp(t) does not exist."""

    # pool and dependence
    smallest_pool: int = 5
    """Series below which nothing is pooled."""
    largest_pool: int = 100
    """Series beyond which a pool is learned from a sample, which bounds its memory."""
    dependence_strength: float = 12.0
    """Independent windows that outweigh the correlation that the filters imply."""


CONSTANTS = Constants()
