"""How likely it is that counts go above or below a number: asked of the sampled paths."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import SampleDistribution


class Side(StrEnum):
    """The side of the number that counts."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number, the side of it that is asked about, and for how many months in a row."""

    number: int
    side: Side = Side.ABOVE
    run: int = 1


@dataclass(frozen=True, slots=True)
class ThresholdProbabilities:
    """Probabilities of a count beyond a threshold, from `draws` sampled paths.

    in_month: (k,) that the month's count is
    by_then: (k,) that `threshold.run` months in a row have been by then, so never falling
    """

    threshold: Threshold
    draws: int
    in_month: Array
    by_then: Array


def threshold_probabilities(
    distribution: SampleDistribution, threshold: Threshold
) -> ThresholdProbabilities:
    """The probabilities of going beyond a threshold.

    A share of the paths, kept between 1 / (draws + 1) and draws / (draws + 1): what none of n
    equally likely draws has done, one more may still do with a probability of 1 / (n + 1).
    """
    if threshold.side is Side.ABOVE:
        in_month = distribution.exceedance(threshold.number)
        by_then = distribution.exceedance_by(threshold.number, threshold.run)
    else:
        in_month = distribution.shortfall(threshold.number)
        by_then = distribution.shortfall_by(threshold.number, threshold.run)
    draws = distribution.draws
    lowest, highest = 1 / (draws + 1), draws / (draws + 1)
    return ThresholdProbabilities(
        threshold, draws, np.clip(in_month, lowest, highest), np.clip(by_then, lowest, highest)
    )
