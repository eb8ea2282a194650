"""How certain each figure is, from its wording and from its source's past revisions."""

from bisect import bisect_right
from collections.abc import Sequence

from app.forecasts.revision_history import (
    AGE_EDGES,
    NOT_FINAL,
    RevisionDistributions,
    learn_revision_history,
    publication_lag,
    revisions_for,
)
from app.observations.observation import Observation, Qualifier, Status
from app.storage.database import Session
from forecasting import MeasurementNoise
from forecasting.measurement.revisions import RevisionDistribution

OUTLIER_PROBABILITY = 0.2
"""Probability that a figure of low reliability (status U) is worth nothing, before it is compared
with its series. An assumption: the record holds a single figure from an unnamed person, and that
one was right."""

_LEADING_DIGITS = 2  # of a vague figure that are taken to mean something even where they are zero
_SIGNIFICANT = (
    3  # digits of what is learned, so that the last bit of a sum does not make another forecast
)


def measurement_noise(
    session: Session, series_id: int, figures: Sequence[Observation]
) -> list[MeasurementNoise | None]:
    """The error of each figure of a history, None where it is exact and final."""
    if any(observation.status in NOT_FINAL for observation in figures):
        newest = max(observation.published_on for observation in figures)
        revisions = revisions_for(session, series_id, newest_figure=newest)
    else:
        revisions = learn_revision_history([])
    return [observation_noise(observation, revisions) for observation in figures]


def observation_noise(
    observation: Observation, revisions: RevisionDistributions
) -> MeasurementNoise | None:
    """The error of one figure.

    A figure that is not final is revised as those of its source and age are. "About" is right to a
    rounding unit, an exact figure to half of one. Who says "more than" names the round number just
    below: the final value is above it by a unit on average, or hides below it in the rounding;
    "less than" likewise. (Of the two in the record, "more than 137,000" became 137,473 and "more
    than 250,000" was 249,737.)
    """
    provisional, unit = observation.status in NOT_FINAL, _rounding_unit(observation)
    if observation.value is None or not (provisional or observation.vague or unit > 1):
        return None
    revision = RevisionDistribution(0.0, 0.0)
    if provisional:
        revision = revisions.for_source(observation.source)[
            bisect_right(AGE_EDGES, publication_lag(observation))
        ]
    half_width = unit if observation.qualifier is Qualifier.ABOUT else unit / 2
    error = MeasurementNoise.of_count(
        observation.value,
        location=_rounded(revision.location),
        scale=_rounded(revision.scale),
        rounding=half_width if unit > 1 else 0.0,
        beyond={Qualifier.MORE_THAN: unit, Qualifier.LESS_THAN: -unit}.get(
            observation.qualifier, 0
        ),
        outlier_probability=OUTLIER_PROBABILITY
        if observation.status is Status.LOW_RELIABILITY
        else 0.0,
    )
    return None if error.is_exact else error


def _rounding_unit(observation: Observation) -> int:
    """The recorded unit or, for a vague figure without one, the one that its zeros suggest."""
    if not observation.vague or observation.rounding_unit > 1 or not observation.value:
        return observation.rounding_unit
    digits = str(observation.value)
    zeros = len(digits) - len(digits.rstrip("0"))
    return int(10 ** min(zeros, max(len(digits) - _LEADING_DIGITS, 0)))


def _rounded(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT}g}")
