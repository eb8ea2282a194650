"""Measurement noise: how far a published figure may be from its final value, on the log scale."""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from forecasting.arrays import Array, read_only

DEGREES_OF_FREEDOM = 4
"""Degrees of freedom of revisions: most months hardly move, a few are restated by several percent.
For four both the quantiles and the density of Student's t are in closed form."""

_SCORES = np.linspace(-3.2, 3.2, 33)
"""Standard normal scores of the nodes: from about 1 in 1,500 below to 1 in 1,500 above."""
_UNIFORM_NODES = 9


@dataclass(frozen=True, slots=True)
class MeasurementNoise:
    """The distribution of log(1 + final count) - log(1 + figure).

    It is the sum of a revision (Student's t with 4 degrees of freedom), a rounding error (uniform),
    and a one-sided part for wordings such as "more than" (exponential). With the probability
    `outlier_probability`, the figure says nothing about its month, and only the rest of the series
    does.

    Parameters
    ----------
    location, scale : float
        Of the revision; `scale` is 0 or more.
    below, above : float
        How far rounding lets the final value be below and above the figure, 0 or more.
    beyond : float
        The mean of the one-sided part: positive for "more than", negative for "less than".
    outlier_probability : float
        0 to 1, before the figure is compared with its series.

    Raises
    ------
    ValueError
        If a number is not as described; the message names it.

    Examples
    --------
    >>> MeasurementNoise().is_exact
    True
    >>> about = MeasurementNoise.of_count(129000, rounding=500)
    >>> round(about.above, 4)
    0.0039
    """

    location: float = 0.0
    scale: float = 0.0
    below: float = 0.0
    above: float = 0.0
    beyond: float = 0.0
    outlier_probability: float = 0.0

    def __post_init__(self) -> None:
        for name in ("location", "scale", "below", "above", "beyond", "outlier_probability"):
            given = getattr(self, name)
            if not math.isfinite(given):
                raise ValueError(f"{name} is {given:g}, expected a finite number")
            if given < 0 and name not in ("location", "beyond"):
                raise ValueError(f"{name} is {given:g}, expected 0 or more")
        if self.outlier_probability > 1:
            raise ValueError(
                f"outlier_probability is {self.outlier_probability:g}, "
                "expected a probability of 0 to 1"
            )

    @classmethod
    def of_count(
        cls,
        count: float,
        *,
        location: float = 0.0,
        scale: float = 0.0,
        rounding: float = 0.0,
        beyond: float = 0.0,
        outlier_probability: float = 0.0,
    ) -> "MeasurementNoise":
        """Make the measurement noise of a figure from sizes in counts.

        Parameters
        ----------
        count : float
            The figure.
        location, scale : float
            Of the revision, on the log scale.
        rounding : float
            Half the width of the rounding, in counts.
        beyond : float
            The mean of the one-sided part, in counts.
        outlier_probability : float
            0 to 1.

        Returns
        -------
        MeasurementNoise
        """
        return cls(
            location=location,
            scale=scale,
            below=_log_distance(count, -rounding),
            above=_log_distance(count, rounding),
            beyond=math.copysign(_log_distance(count, beyond), beyond),
            outlier_probability=outlier_probability,
        )

    @property
    def is_exact(self) -> bool:
        """Whether the figure has no measurement noise."""
        return not any(
            (
                self.location,
                self.scale,
                self.below,
                self.above,
                self.beyond,
                self.outlier_probability,
            )
        )

    @property
    def nodes(self) -> tuple[Array, Array]:
        """The distribution of a figure that is no outlier, as points (k,) and weights (k,).

        The points ascend, and the weights sum to 1.
        """
        return _nodes(self)


def t_quantiles(probabilities: Array) -> Array:
    """Quantiles of Student's t with 4 degrees of freedom, any shape of probabilities in (0, 1).

    Shaw (2006), Sampling Student's T distribution, Journal of Computational Finance 9(4), section
    2.3.
    """
    alpha = 4 * probabilities * (1 - probabilities)
    root = np.sqrt(alpha)
    sizes = 2 * np.sqrt(np.maximum(np.cos(np.arccos(root) / 3) / root - 1, 0.0))
    return np.asarray(np.copysign(sizes, probabilities - 0.5), dtype=np.float64)


def t_log_density(deviations: Array, scale: float) -> Array:
    """Log density of `scale` times a Student's t with 4 degrees of freedom at `deviations`."""
    constant = np.log(3 / 8) - np.log(scale)
    return np.asarray(
        constant - 2.5 * np.log1p((deviations / scale) ** 2 / DEGREES_OF_FREEDOM), dtype=np.float64
    )


def _log_distance(count: float, step: float) -> float:
    """How far log(1 + count) moves when the count moves by `step`, stopping at 0.

    Never negative.
    """
    return abs(math.log1p(max(count + step, 0.0)) - math.log1p(count))


@lru_cache(maxsize=1024)
def _nodes(error: MeasurementNoise) -> tuple[Array, Array]:
    levels, weights = _levels()
    points, mass = np.array([error.location]), np.ones(1)
    if error.scale:
        points, mass = points + error.scale * t_quantiles(levels), weights
    if error.below or error.above:
        middles = (np.arange(_UNIFORM_NODES) + 0.5) / _UNIFORM_NODES
        rounding = -error.below + (error.below + error.above) * middles
        points, mass = _sum(points, mass, rounding, np.full(middles.size, 1 / middles.size))
    if error.beyond:
        points, mass = _sum(points, mass, -error.beyond * np.log1p(-levels), weights)
    if points.size > levels.size:
        cumulated = np.cumsum(mass) - mass / 2
        points, mass = np.interp(levels, cumulated, points), weights
    return read_only(points), read_only(mass)


def _sum(points: Array, mass: Array, added: Array, added_mass: Array) -> tuple[Array, Array]:
    """The distribution of the sum of two independent variables."""
    sums = np.add.outer(points, added).ravel()
    masses = np.multiply.outer(mass, added_mass).ravel()
    order = sums.argsort(kind="stable")
    return sums[order], masses[order]


@lru_cache(maxsize=1)
def _levels() -> tuple[Array, Array]:
    standard = NormalDist()
    weights = np.exp(-(_SCORES**2) / 2)
    return np.array([standard.cdf(score) for score in _SCORES]), weights / weights.sum()
