"""Which of the published figures for one month is the current one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise

from app.observations.observation import Observation, Qualifier, Status


def choose_current(figures: Iterable[Observation]) -> Observation | None:
    """The figure to believe among those known for one month, or None where there is none.

    Official sources beat all others; among them the more exact one wins (so OHSS's rounded figure
    never replaces CBP's exact one). Within a source the newest release beats the older ones; on one
    day exact beats vague, then the later recorded. A vague figure that agrees with a more exact one
    replaces nothing. A source that withdrew its figure has none; where every source did, the
    withdrawal is what is known.
    """
    figures = list(figures)
    if len(figures) == 1:
        return figures[0]
    by_authority = sorted(figures, key=_authority)
    return _choose_among_sources(
        [_latest(list(group)) for _, group in groupby(by_authority, key=_authority)]
    )


def current_by_day(figures: Iterable[Observation]) -> list[tuple[date, Observation]]:
    """The current figure of one month from day to day: each day on which it changed, oldest first.

    What `choose_current` chooses among the figures published by a day, at a cost that grows with
    their number only. A figure that says the same as the one before it changes nothing.
    """
    standing: dict[str, Observation] = {}
    traced: list[tuple[date, Observation]] = []
    in_order = sorted(figures, key=_order_of_publication)
    for day, published in groupby(in_order, key=lambda figure: figure.published_on):
        for figure in published:
            before = standing.get(_authority(figure))
            if before is None or not _replaces_nothing(figure, before):
                standing[_authority(figure)] = figure
        current = _choose_among_sources([standing[source] for source in sorted(standing)])
        assert current is not None, "a figure was published"
        if not traced or _statement(traced[-1][1]) != _statement(current):
            traced.append((day, current))
    return traced


def explain_choice(chosen: Observation, figures: Iterable[Observation]) -> str:
    """Why `chosen` is the current one of these figures, in words."""
    others = [observation for observation in figures if observation is not chosen]
    if not others:
        return "It is the only figure."
    reasons = []
    if chosen.official and any(not other.official for other in others):
        reasons.append("An official source takes precedence over all others.")
    rivals = [other for other in others if other.official == chosen.official]
    if chosen.official and any(_exactness(other) < _exactness(chosen) for other in rivals):
        reasons.append(
            "Among official figures, the more exact one takes precedence over the rounded one."
        )
    elif any(other.published_on > chosen.published_on for other in rivals):
        reasons.append("Newer figures are vague and agree with it.")
    if any(
        other.published_on <= chosen.published_on and other.source == chosen.source
        for other in rivals
    ):
        reasons.append("It is the newest figure of its source.")
    return " ".join(reasons) or "It is the newest figure."


def precedence(source: str, qualifier: Qualifier) -> int:
    """How the store files a figure: a number for exact figures of each official source, 2 for
    anything else.

    Within an official source's number the newest release is always the current one, so a reader
    needs no other row.
    """
    if qualifier is not Qualifier.EXACT:
        return ANYTHING_ELSE
    return EXACT_PRECEDENCE.get(source, ANYTHING_ELSE)


ANYTHING_ELSE = 2
EXACT_PRECEDENCE = {"cbp": 0, "ohss": 1, "frontex": 3, "home-office": 4, "segob": 5, "snm": 6}
"""Stored with every figure: a source keeps its number, and a new one takes the next."""


def mark_source_changes(figures: Sequence[Observation]) -> list[Observation]:
    """The figures, oldest month first, those marked as breaks (B) with which another official
    source begins.

    Sources count and validate in their own ways, so such a month is not comparable with the one
    before it. A figure that is not final keeps its status, which says more.
    """
    marked = list(figures)
    for place, (before, observation) in enumerate(pairwise(figures), 1):
        changed = before.official and observation.official and before.source != observation.source
        if changed and observation.status is Status.NORMAL:
            marked[place] = replace(observation, status=Status.BREAK)
    return marked


def agrees(vague: Observation, known: Observation) -> bool:
    """Whether a vague figure and a known one differ by no more than the vague one's rounding."""
    if vague.value is None or known.value is None:
        return False
    match vague.qualifier:
        case Qualifier.MORE_THAN:
            return known.value >= vague.value - vague.rounding_unit
        case Qualifier.LESS_THAN:
            return known.value <= vague.value + vague.rounding_unit
        case _:
            return abs(known.value - vague.value) <= vague.rounding_unit


def _authority(observation: Observation) -> str:
    return observation.source if observation.official else ""


def _latest(figures: list[Observation]) -> Observation:
    """The last word of one source (or of all that are not official, which count as one)."""
    standing, *later = sorted(figures, key=_order_of_publication)
    for observation in later:
        if not _replaces_nothing(observation, standing):
            standing = observation
    return standing


def _choose_among_sources(latest: Sequence[Observation]) -> Observation | None:
    """The figure to believe among the last word of each source."""
    standing = [observation for observation in latest if observation.value is not None]
    return min(standing or latest, key=_doubt, default=None)


def _order_of_publication(figure: Observation) -> tuple[date, bool, int]:
    return figure.published_on, not figure.vague, figure.release


def _replaces_nothing(figure: Observation, standing: Observation) -> bool:
    """Whether a figure is vague and agrees with a more exact one of its source."""
    return figure.vague and _exactness(standing) > _exactness(figure) and agrees(figure, standing)


def _statement(figure: Observation) -> tuple[object, ...]:
    """What is said of the month, whichever release says it."""
    return figure.value, figure.status, figure.qualifier, figure.rounding_unit, figure.source


def _exactness(observation: Observation) -> tuple[bool, int]:
    return (not observation.vague, -observation.rounding_unit)


def _doubt(observation: Observation) -> tuple[bool, bool, int, int]:
    return (
        not observation.official,
        observation.vague,
        observation.rounding_unit,
        -observation.published_on.toordinal(),
    )
