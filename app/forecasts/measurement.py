"""How sure each figure is: from how it was said, and from how its source's earlier figures were revised."""

from bisect import bisect_right
from collections.abc import Sequence

from app.database import Session
from app.forecasts.learning import AGE_EDGES, NOT_FINAL, Revisions, age, learn, learnt
from app.observations.figures import Figure, Qualifier, Status
from forecasting import FigureError
from forecasting.revisions import RevisionError

WORTHLESS = 0.2
"""Probability that a figure of low reliability (status U) is worth nothing, before it is compared with its
series. An assumption: the record holds a single figure from an unnamed person, and that one was right."""

_LEADING_DIGITS = 2  # of a vague figure that are taken to mean something even where they are zero
_SIGNIFICANT = 3  # digits of what is learnt, so that the last bit of a sum does not make another forecast


def measurement(session: Session, series_id: int, figures: Sequence[Figure]) -> list[FigureError | None]:
    """The error of each figure of a history, None where it is exact and final."""
    if any(figure.status in NOT_FINAL for figure in figures):
        newest = max(figure.published_on for figure in figures)
        revisions = learnt(session, series_id, newest_figure=newest)
    else:
        revisions = learn([])
    return [figure_error(figure, revisions) for figure in figures]


def figure_error(figure: Figure, revisions: Revisions) -> FigureError | None:
    """The error of one figure.

    A figure that is not final is revised as those of its source and age are. "About" is right to a rounding
    unit, an exact figure to half of one. Who says "more than" names the round number just below: the final
    value is above it by a unit on average, or hides below it in the rounding; "less than" likewise. (Of the
    two in the record, "more than 137,000" became 137,473 and "more than 250,000" was 249,737.)
    """
    provisional, unit = figure.status in NOT_FINAL, _rounding_unit(figure)
    if figure.value is None or not (provisional or figure.vague or unit > 1):
        return None
    revision = RevisionError(0.0, 0.0)
    if provisional:
        revision = revisions.of(figure.source)[bisect_right(AGE_EDGES, age(figure))]
    half_width = unit if figure.qualifier is Qualifier.ABOUT else unit / 2
    error = FigureError.of_count(
        figure.value,
        location=_rounded(revision.location),
        scale=_rounded(revision.scale),
        rounding=half_width if unit > 1 else 0.0,
        beyond={Qualifier.MORE_THAN: unit, Qualifier.LESS_THAN: -unit}.get(figure.qualifier, 0),
        worthless=WORTHLESS if figure.status is Status.LOW_RELIABILITY else 0.0,
    )
    return None if error.is_exact else error


def _rounding_unit(figure: Figure) -> int:
    """The unit as recorded or, where a vague figure came without one, the one that its zeros suggest."""
    if not figure.vague or figure.rounding_unit > 1 or not figure.value:
        return figure.rounding_unit
    digits = str(figure.value)
    zeros = len(digits) - len(digits.rstrip("0"))
    return int(10 ** min(zeros, max(len(digits) - _LEADING_DIGITS, 0)))


def _rounded(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT}g}")
