"""The settings of the method, the same for every series, month and horizon."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constants:
    """Round numbers on a plateau: most single changes move the log score by less than 0.3 %.

    They were explored on the benchmark panel together with series, years and a domain outside it,
    and kept where these agreed. A star marks what only the panel's years since 2012 support (see
    docs/evidence.md). Standard deviations are on the log scale, half-lives and strengths in months
    unless said otherwise.
    """

    # filters
    reversion: float = 0.98
    """What is left after a month of a level's distance from its long-run mean."""
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
    start_variance: float = 0.04
    """Of a month's innovation before anything is known."""
    start_weight: float = 3.0
    """How many innovations that counts as."""
    start_mean_variance: float = 1.0
    """Of the long-run mean around the first value."""
    variance_half_life: float = 12.0
    """Of the innovation variance inside a filter."""
    innovation_clip: float = 4.0
    """Larger innovations, in standard deviations, count as this; for the states not where it is a
    jump."""

    # weights
    weight_half_life: float = 24.0
    weight_rate: float = 2.0
    weight_horizons: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    """Months ahead whose errors count, each with a weight of one over them."""
    weight_clip: float = 3.0
    weight_pool: float = 1.0
    """The mean evidence of all series counts like that of one more."""

    # shrinkage to the last value
    shrinkage_prior: tuple[float, float] = (0.5, 0.3)
    """Share of the last value one month ahead, and from four months ahead on."""
    shrinkage_strength: tuple[float, float] = (5.0, 20.0)
    """* Months of evidence that outweigh the prior."""
    shrinkage_half_life: float = 60.0
    shrinkage_pool: float = 0.5
    shrinkage_clip: float = 3.0
    shrinkage_warm_up: int = 18
    """Months of a series before its errors count."""

    # innovation outliers
    outlier_clip: float = 5.0
    """A first error that is larger, in scales, may be an outlier or a jump; it counts as this."""
    outlier_uncertainty: float = 0.5
    """Mean absolute error that each unit beyond adds to the forecasts from there."""

    # common shock
    shock_share: float = 0.1
    """Of the common shock of a month, how much the next month adds to it."""
    shock_fade: int = 6
    """Months in which that fades."""
    shock_clip: float = 3.0
    shock_strength: float = 5.0
    """A common shock is shrunk as if so many more series had had none."""

    # volatility
    volatility_half_lives: tuple[float, ...] = (3.0, 6.0, 120.0)
    """Of the scales whose geometric mean it is, the slowest last."""
    volatility_pool: float = 0.2
    """Share of all series' mean in how far a series is above or below its slowest scale."""
    volatility_clip: float = 5.0
    volatility_floor: float = 0.3
    """Share of the root mean square of all errors, none clipped, below which the scale does not
    go."""
    volatility_floor_half_life: float = 24.0
    start_scale: float = 0.15
    start_scale_weight: float = 6.0

    # spread
    spread: float = 1.08
    """* Mean absolute error over scale times implied growth, before anything is known."""
    pool_half_life: float = 90.0
    own_half_life: float = 60.0
    pool_strength: float = 60.0
    """Independent months of the pool that outweigh the prior."""
    own_strength: float = 40.0
    """* Independent months of a series that outweigh the pool."""
    own_strength_alone: float = 10.0
    overlap_power: float = 1.0
    """A month of errors h months ahead holds 1 / h**power independent ones."""
    overlap_power_alone: float = 0.5
    error_clip: float = 4.0
    warm_up: int = 24
    """Months of a series before its errors count."""

    # shape
    degrees_of_freedom: tuple[float, float] = (5.0, 15.0)
    """Degrees of freedom at one month and from twelve months on."""
    skew: float = 0.1
    """* How much shorter, in logs, the side away from the long-run mean is per deviation from
    it."""
    skew_full_horizon: float = 6.0
    """Months ahead from which on it leans fully."""
    tail: float = 0.0005
    """Probability beyond which no path goes: the mean of exp(t) does not exist."""

    # pool and dependence
    smallest_pool: int = 5
    """Series below which nothing is pooled."""
    dependence_strength: float = 12.0
    """Independent windows that outweigh the correlation that the filters imply."""
    dependence_clip: float = 3.0


CONSTANTS = Constants()
