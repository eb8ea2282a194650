"""How many beds are enough: from the upper tail of a forecast, by a risk or by costs."""

from dataclasses import dataclass

import numpy as np

from forecasting import Month
from forecasting.arrays import Array
from forecasting.distribution import SamplePaths

SHARES = 100  # percent


@dataclass(frozen=True, slots=True)
class Demand:
    """How many of the people counted need a bed, and for how long.

    share: percent of the people counted who come; stay: days that they stay, on average
    """

    share: float
    stay: float

    def beds(self, counts: Array, months: list[Month]) -> Array:
        """The people in the house on an average night, by Little's law: those who arrive each day
        times the days that they stay.

        counts: (..., k) people counted in each of k months
        """
        days = np.array([month.last_day.day for month in months], dtype=np.float64)
        return np.asarray(counts / days * self.share / SHARES * self.stay, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """Beds for some months.

    enough: the probability that each month's beds are enough
    people: (k,) counts that are not exceeded with that probability
    beds, median_beds: (k,) for these counts and for the median ones
    all_months: beds that are enough in every one of the months with that probability
    """

    enough: float
    people: Array
    beds: Array
    median_beds: Array
    all_months: int


def probability_for_costs(missing: float, empty: float) -> float:
    """The probability of having enough beds at which they cost least on average, if each missing
    one costs `missing` and each empty one `empty`: the newsvendor's rule."""
    return missing / (missing + empty)


def plan_capacity(
    paths: SamplePaths,
    months: list[Month],
    demand: Demand,
    enough: float,
    *,
    people: Array,
    median: Array,
) -> CapacityPlan:
    """Whole beds for k months, so that they are enough with probability `enough`.

    paths: (draws, k) counts; people: (k,) counts that are not exceeded with that probability;
    median: (k,) counts
    """
    most = demand.beds(paths.paths, months).max(axis=1)
    highest = float(np.quantile(most, enough, method="hazen"))
    return CapacityPlan(
        enough=enough,
        people=people,
        beds=_whole(demand.beds(people, months)),
        median_beds=_whole(demand.beds(median, months)),
        all_months=int(_whole(np.array([highest]))[0]),
    )


def _whole(beds: Array) -> Array:
    """Rounded up, but not for an error of the arithmetic."""
    return np.ceil(np.round(beds, 9))
