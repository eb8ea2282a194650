"""How likely it is that counts exceed a number: asked of the sampled paths."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import SampleDistribution


@dataclass(frozen=True, slots=True)
class Exceedance:
    """Probabilities of a count above `above`, from `draws` sampled paths.

    in_month: (horizon,) that the month's count is
    by_then: (horizon,) that at least one month's count up to then is, so never falling
    """

    above: int
    draws: int
    in_month: Array
    by_then: Array


def exceedance_probabilities(distribution: SampleDistribution, above: int) -> Exceedance:
    """The probabilities of exceeding `above`.

    A share of the paths, kept between 1 / (draws + 1) and draws / (draws + 1): what none of n
    equally likely draws has done, one more may still do with a probability of 1 / (n + 1).
    """
    draws = distribution.draws
    lowest, highest = 1 / (draws + 1), draws / (draws + 1)
    return Exceedance(
        above,
        draws,
        np.clip(distribution.exceedance(above), lowest, highest),
        np.clip(distribution.exceedance_by(above), lowest, highest),
    )
