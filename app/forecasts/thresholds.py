"""How likely it is that counts exceed a number: asked of the sampled paths."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Exceedance:
    """Probabilities of a count above `above`, from `draws` sampled paths.

    in_month: (horizon,) that the month's count is
    by_then: (horizon,) that at least one month's count up to then is, so never falling
    """

    above: int
    draws: int
    in_month: NDArray[Any]
    by_then: NDArray[Any]


def exceedance_probabilities(paths: NDArray[Any], above: int) -> Exceedance:
    """The probabilities of exceeding `above`, of paths (draws, horizon) in counts.

    A share of the paths, kept between 1 / (draws + 1) and draws / (draws + 1): what none of n
    equally likely draws has done, one more may still do with a probability of 1 / (n + 1).
    """
    draws = paths.shape[0]
    exceeds = paths > above
    ever = np.logical_or.accumulate(exceeds, axis=1)
    return Exceedance(above, draws, _share(exceeds), _share(ever))


def _share(happened: NDArray[np.bool_]) -> NDArray[Any]:
    """Share of rows that are True, (draws, horizon) to (horizon,), never claiming 0 or 1."""
    draws = happened.shape[0]
    return np.asarray(np.clip(happened.mean(axis=0), 1 / (draws + 1), draws / (draws + 1)))
