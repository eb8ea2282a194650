"""Surprises: newest figures held against what had been forecast for them, every series at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.evaluation import store
from app.evaluation.tables import ScoreRow
from app.storage.database import Session
from forecasting.arrays import Array

SIGNIFICANCE = 0.05
"""Share of false alarms that is accepted among all figures called surprises."""
HINDCAST_RESOLUTION = 0.005
"""Half a hundredth: the percentiles of a hindcast are kept in hundredths."""
DRAWS = 2000
"""Sample paths of a live forecast, which tell no probability below one in so many."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """The newest figure of a series, and how unlikely one so far out had been.

    percentile: share of the forecast distribution below the figure, 0 to 1
    probability: of a figure at least as far out, on either side
    adjusted: the same, corrected for how many series are looked at
    """

    series: str
    score: ScoreRow
    percentile: float
    probability: float
    adjusted: float

    @property
    def is_surprise(self) -> bool:
        return self.adjusted < SIGNIFICANCE


def find_surprises(session: Session, model: str) -> list[Surprise]:
    """The newest scored figure of every series, the most surprising first."""
    newest = store.newest_scores(session, model)
    if not newest:
        return []
    percentiles = np.array([score.pit for _, score in newest])
    finest = np.array(
        [HINDCAST_RESOLUTION if score.forecast_id is None else 1 / DRAWS for _, score in newest]
    )
    tails = np.maximum(np.minimum(percentiles, 1 - percentiles), finest)
    probabilities = np.minimum(2 * tails, 1.0)
    found = [
        Surprise(series, score, float(percentile), float(probability), float(adjusted))
        for (series, score), percentile, probability, adjusted in zip(
            newest, percentiles, probabilities, adjust_probabilities(probabilities), strict=True
        )
    ]
    return sorted(found, key=lambda one: (one.probability, one.series))


def adjust_probabilities(probabilities: Sequence[float] | Array) -> Array:
    """Probabilities corrected for multiple looks, so that few of those below a level are chance.

    Parameters
    ----------
    probabilities : (n,), 0 to 1

    Returns
    -------
    (n,)
        The least false discovery rate at which each would be called a surprise.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57(1).
    """
    given = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(given)[::-1]
    ranks = np.arange(given.size, 0, -1)
    rates = np.minimum.accumulate(given[order] * given.size / ranks)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(rates, 1.0)
    return adjusted
