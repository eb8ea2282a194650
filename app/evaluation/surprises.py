"""Surprises: newest figures held against what had been forecast for them, every series at once.

A surprise is kept when it is found, so that it is not lost when a newer figure comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from app.evaluation import store
from app.evaluation.tables import ScoreColumns, SurpriseRow
from app.observations.store import first_recorded
from app.storage.database import Session
from forecasting import Month
from forecasting.arrays import Array

SIGNIFICANCE = 0.05
"""Share of false alarms that is accepted among all figures called surprises."""
HINDCAST_RESOLUTION = 0.005
"""Half a hundredth: the percentiles of a hindcast are kept in hundredths."""
DRAWS = 2000
"""Sample paths of a live forecast, which tell no probability below one in so many."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """A figure that is or was the newest of its series, and how unlikely one so far out had been.

    series: key of the series, which has the number `series_id`
    period, value: the figure
    origin: last month with a figure when the forecast was made
    vintage: how the figures of the forecast were known, `live` if it was issued at the time
    median, lower_80, upper_80: what had been forecast; None where a hindcast does not keep them
    percentile: share of the forecast distribution below the figure, 0 to 1
    probability: of a figure at least as far out, on either side
    adjusted: the same, corrected for how many series are looked at
    is_newest: whether no newer figure of the series has been scored
    """

    series: str
    series_id: int
    period: Month
    value: int
    origin: Month
    vintage: str
    median: float | None
    lower_80: float | None
    upper_80: float | None
    percentile: float
    probability: float
    adjusted: float
    is_newest: bool

    @property
    def is_surprise(self) -> bool:
        return self.adjusted < SIGNIFICANCE

    @property
    def figure(self) -> tuple[int, Month, int]:
        """Number of the series, month, and value."""
        return self.series_id, self.period, self.value

    @classmethod
    def of_score(
        cls, series: str, score: ScoreColumns, probability: float, adjusted: float
    ) -> Self:
        return cls(
            series=series,
            series_id=score.series_id,
            period=score.target,
            value=round(score.observed),
            origin=score.origin,
            vintage=score.vintage,
            median=score.median,
            lower_80=score.lower_80,
            upper_80=score.upper_80,
            percentile=score.pit,
            probability=probability,
            adjusted=adjusted,
            is_newest=True,
        )

    @classmethod
    def of_kept(cls, series: str, row: SurpriseRow) -> Self:
        return cls(
            series=series,
            series_id=row.series_id,
            period=row.period,
            value=row.value,
            origin=row.origin,
            vintage=row.vintage,
            median=row.median,
            lower_80=row.lower_80,
            upper_80=row.upper_80,
            percentile=row.percentile,
            probability=row.probability,
            adjusted=row.adjusted,
            is_newest=False,
        )

    def row(self, model: str) -> SurpriseRow:
        """What is kept of it."""
        return SurpriseRow(
            series_id=self.series_id,
            model=model,
            period=self.period,
            value=self.value,
            origin=self.origin,
            vintage=self.vintage,
            median=self.median,
            lower_80=self.lower_80,
            upper_80=self.upper_80,
            percentile=self.percentile,
            probability=self.probability,
            adjusted=self.adjusted,
        )


def find_surprises(session: Session, model: str) -> list[Surprise]:
    """The newest scored figure of every series, and earlier ones that were surprises when they were
    the newest; the most surprising first.

    A surprise stays as it was told. It is left out if no release gives its figure any more.
    """
    kept = {one.figure: one for one in _find_kept(session, model)}
    recorded = first_recorded(session, kept)
    found = {figure: one for figure, one in kept.items() if figure in recorded}
    for one in _find_newest(session, model):
        told = found.get(one.figure)
        found[one.figure] = one if told is None else replace(told, is_newest=True)
    return sorted(found.values(), key=lambda one: (one.probability, one.series, one.period))


def find_new_surprises(session: Session, model: str) -> list[Surprise]:
    """Those of the newest figures that are surprises and are not kept yet."""
    kept = {one.figure for one in _find_kept(session, model)}
    newest = _find_newest(session, model)
    return [one for one in newest if one.is_surprise and one.figure not in kept]


def keep_surprises(session: Session, model: str) -> None:
    """Keep what `find_new_surprises` finds."""
    session.add_all(one.row(model) for one in find_new_surprises(session, model))


def _find_kept(session: Session, model: str) -> list[Surprise]:
    return [Surprise.of_kept(key, row) for key, row in store.kept_surprises(session, model)]


def _find_newest(session: Session, model: str) -> list[Surprise]:
    """The newest scored figure of every series, by key."""
    newest = store.newest_scores(session, model)
    if not newest:
        return []
    percentiles = np.array([score.pit for _, score in newest])
    finest = np.array(
        [HINDCAST_RESOLUTION if score.forecast_id is None else 1 / DRAWS for _, score in newest]
    )
    tails = np.maximum(np.minimum(percentiles, 1 - percentiles), finest)
    probabilities = np.minimum(2 * tails, 1.0)
    return [
        Surprise.of_score(series, score, float(probability), float(adjusted))
        for (series, score), probability, adjusted in zip(
            newest, probabilities, adjust_p_values(probabilities), strict=True
        )
    ]


def adjust_p_values(probabilities: Sequence[float] | Array) -> Array:
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
