"""A forecast in other units or by longer periods, along its sampled paths.

Each path goes on from the figures, so a quarter that has begun is its counted months plus the path
of the others, and a change is from whatever the same path says of the period before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadParameter, Fault
from app.forecasts.span import ForecastSpan
from app.observations.queries import History
from app.observations.transformations import Period, Transformation
from app.observations.transformed_history import Base, MonthlyCounts, find_base
from forecasting.distribution import SamplePaths

_REACH = 36
"""Months up to the origin that the first period shown can need: 11 of a year that has begun, the
year before it, and the beginning of that one."""


@dataclass(frozen=True, slots=True)
class TransformedForecast:
    """The joint distribution of some periods, (draws, k); in the units that are wanted.

    left_out: periods that need a figure which is missing, or is 0 below a ratio
    """

    periods: list[Period]
    left_out: list[Period]
    distribution: SamplePaths
    base: Base | None

    @property
    def warnings(self) -> list[str]:
        """What a reader must know about the periods shown, in sentences."""
        return [
            f"{period} is left out, because a figure that it needs is missing or 0."
            for period in self.left_out
        ]


def transform_forecast(
    history: History, span: ForecastSpan, paths: NDArray[Any], wanted: Transformation
) -> TransformedForecast:
    """The periods that end within a span, in the units that are wanted.

    Parameters
    ----------
    history : all figures of the series
    paths : (draws, horizon) counts of the months after the span's origin

    Raises
    ------
    BadParameter
        If no period ends within the span or none has a value, or as `find_base` does.
    """
    year_start = history.series.year_start
    counted = _counted_until_origin(history, span)
    base = find_base(counted, wanted, year_start)
    known = counted.counts[-_REACH:]
    first = span.origin - (known.size - 1)
    counts = np.hstack([np.broadcast_to(known, (len(paths), known.size)), paths])
    periods = wanted.complete_periods(first, span.months[-1], year_start)
    shown = [place for place, one in enumerate(periods) if one.end >= span.months[0]]
    if not shown:
        raise BadParameter(_too_short(span, wanted, year_start))
    values = wanted.apply(counts, first, periods, base.count if base else None)[:, shown]
    known_throughout = np.atleast_1d(np.isfinite(values).all(axis=0))
    if not known_throughout.any():
        raise BadParameter(_nothing_to_compare_with(history, wanted))
    return TransformedForecast(
        periods=_pick(periods, shown, known_throughout),
        left_out=_pick(periods, shown, np.logical_not(known_throughout)),
        distribution=SamplePaths(values[:, known_throughout]),
        base=base,
    )


def _counted_until_origin(history: History, span: ForecastSpan) -> MonthlyCounts:
    """The figures that the forecast starts from; newer ones have a forecast of their own soon."""
    counted = MonthlyCounts.of(history)
    assert counted is not None, "a series that is forecast has figures"
    return MonthlyCounts(counted.first, counted.counts[: span.origin - counted.first + 1])


def _pick(periods: Sequence[Period], places: Sequence[int], chosen: Iterable[bool]) -> list[Period]:
    return [periods[place] for place, is_chosen in zip(places, chosen, strict=True) if is_chosen]


def _too_short(span: ForecastSpan, wanted: Transformation, year_start: int) -> Fault:
    period = wanted.period_of(span.months[0], year_start)
    needed = period.end - span.months[0] + 1
    return Fault(
        "horizon",
        len(span.months),
        f"{needed} or more with aggregate={wanted.aggregate}, because {period} ends in "
        f"{period.end}",
    )


def _nothing_to_compare_with(history: History, wanted: Transformation) -> Fault:
    parameter = "units" if wanted.units is not None else "aggregate"
    return Fault(
        parameter,
        wanted.units or wanted.aggregate,
        f"something else for {history.series.key}, because figures that it needs are missing or 0",
    )
