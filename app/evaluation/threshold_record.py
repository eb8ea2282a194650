"""How statements such as "a chance of 30% of more than N" have fared in the past.

A number says little about other times: 10,000 is much in one year and little in another. So the
record is of statements about as many times the newest figure: if N is 1.2 times the newest figure,
it counts how often the figure that came was more than 1.2 times the newest one of its time, beside
the probability that the forecast made at that time gave.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist
from threading import Condition

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

from app.evaluation import store
from app.evaluation.store import Score, ScoreFilter
from app.evaluation.track_record import ENOUGH
from app.forecasts.thresholds import Side
from app.storage.database import Session
from forecasting import Month
from forecasting.arrays import Array

LONGEST = 12  # months ahead, of the statements that are counted
EDGES = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)  # of the groups of probabilities
_TAIL = NormalDist().inv_cdf(0.9)  # of the ends of an 80 percent range
_NARROWEST = 1e-6  # logarithm of a ratio


@dataclass(frozen=True, slots=True)
class ProbabilityGroup:
    """Statements whose probability was from `lower` up to `upper`.

    said: their mean probability; happened: the share of them that came true
    """

    lower: float
    upper: float
    said: float
    happened: float
    cases: int


@dataclass(frozen=True, slots=True)
class ThresholdRecord:
    """The record of statements about `ratio` times the newest figure.

    series: key of the series that it is of, None if that has too few and all series speak for it
    """

    series: str | None
    ratio: float
    groups: tuple[ProbabilityGroup, ...]


@dataclass(frozen=True, eq=False)
class PastForecasts:
    """Forecasts of single months that have a figure now, as arrays of the same length.

    newest: the newest figure when each was made; lower, median, upper: its 80 percent range and
    its median; observed: the figure that came
    """

    newest: Array
    lower: Array
    median: Array
    upper: Array
    observed: Array

    @property
    def count(self) -> int:
        return int(self.observed.size)


def get_threshold_record(
    session: Session,
    series_id: int,
    key: str,
    model: str,
    *,
    ratio: float,
    side: Side,
    as_of: date | None = None,
) -> ThresholdRecord | None:
    """The record of statements about `ratio` times the newest figure, 1 to 12 months ahead.

    None if nothing is scored. With `as_of`, of what was published and issued by the end of a day.
    """
    own = _read_past_forecasts(session, series_id, model, as_of)
    past = own if own.count >= ENOUGH else _read_past_forecasts(session, None, model, as_of)
    if not past.count:
        return None
    said, happened = judge_statements(past, ratio, side)
    return ThresholdRecord(key if past is own else None, ratio, tuple(_group(said, happened)))


def judge_statements(
    past: PastForecasts, ratio: float, side: Side
) -> tuple[Array, NDArray[np.bool_]]:
    """The probability that each forecast gave to a count beyond `ratio` times the newest figure,
    and whether it came true, (n,) each.

    Between and beyond the ends of its 80 percent range and its median, a forecast is taken to be
    normal on a logarithmic scale, with a width of its own on each side.
    """
    number = ratio * past.newest
    middle, at = np.log1p(past.median), np.log1p(number)
    end = np.where(at < middle, np.log1p(past.lower), np.log1p(past.upper))
    width = np.maximum(np.abs(end - middle) / _TAIL, _NARROWEST)
    standard = NormalDist()
    below = np.array([standard.cdf(float(score)) for score in (at - middle) / width])
    if side is Side.ABOVE:
        return 1 - below, past.observed > number
    return below, past.observed < number


@cached(LRUCache(200), key=store.scores_key, condition=Condition())
def _read_past_forecasts(
    session: Session, series_id: int | None, model: str, as_of: date | None
) -> PastForecasts:
    scores = store.scored_forecasts(session, ScoreFilter(series_id, model, as_of=as_of))
    return select_past_forecasts(scores)


def select_past_forecasts(scores: Sequence[Score]) -> PastForecasts:
    """Those up to a year ahead that keep their range, made when the newest figure is known."""
    figures: dict[tuple[Hashable, Month], float] = {
        (score.series_id, score.target): score.observed for score in scores
    }
    rows = [
        (figures[made], score.lower_80, score.median, score.upper_80, score.observed)
        for score in scores
        if score.horizon <= LONGEST
        and score.median is not None
        and score.lower_80 is not None
        and score.upper_80 is not None
        and (made := (score.series_id, score.origin)) in figures
    ]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return PastForecasts(*columns)


def _group(said: Array, happened: NDArray[np.bool_]) -> Iterable[ProbabilityGroup]:
    """The statements by their probability, without empty groups."""
    for lower, upper in pairwise(EDGES):
        inside = (said >= lower) & ((said < upper) | (upper == EDGES[-1]))
        if cases := int(inside.sum()):
            yield ProbabilityGroup(
                lower, upper, float(said[inside].mean()), float(happened[inside].mean()), cases
            )
