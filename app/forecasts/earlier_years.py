"""A year's total against those of earlier years: the one before, and the largest."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.forecasts.fiscal_year import YearToDate
from app.observations.queries import History
from forecasting.distribution import SamplePaths

MONTHS = 12


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """An earlier year's total, as published, and the probability of a larger one."""

    earlier: Literal["last_year", "record"]
    year: int
    total: int
    probability: float


def compare_with_earlier_years(
    history: History, counted: YearToDate, found: SamplePaths
) -> Iterator[EarlierYear]:
    """The year before, and the largest earlier year, if all their months have figures.

    found: the distribution of the year's total, (draws, 1); a probability from several draws is
    neither 0 nor 1, as for thresholds
    """
    totals = {
        year: total
        for year, total in yearly_totals(history, counted.year_start).items()
        if year < counted.year
    }
    draws = found.draws
    least = 1 / (draws + 1) if draws > 1 else 0.0

    def compared(earlier: Literal["last_year", "record"], year: int) -> EarlierYear:
        larger = float(found.exceedance(totals[year])[0])
        return EarlierYear(earlier, year, totals[year], float(np.clip(larger, least, 1 - least)))

    if counted.year - 1 in totals:
        yield compared("last_year", counted.year - 1)
    if totals:
        yield compared("record", max(totals, key=lambda year: (totals[year], year)))


def yearly_totals(history: History, year_start: int) -> dict[int, int]:
    """The totals of the years all of whose months have figures, by year, oldest first."""
    months: dict[int, list[int]] = defaultdict(list)
    for figure in history.observations:
        if figure.value is not None:
            months[figure.period.reporting_year(year_start)].append(figure.value)
    return {year: sum(values) for year, values in months.items() if len(values) == MONTHS}
