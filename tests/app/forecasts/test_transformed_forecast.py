"""Forecasts in other units and by longer periods, on paths made up for it."""

from datetime import date

import numpy as np
import pytest

from app.errors import BadParameter
from app.forecasts.span import ForecastSpan
from app.forecasts.transformed_forecast import TransformedForecast, transform_forecast
from app.observations.observation import Observation, Qualifier, Status
from app.observations.queries import History
from app.observations.tables import SeriesRow
from app.observations.transformations import Aggregate, Transformation, Units
from forecasting import Month

FIRST = Month.parse("2022-10")
ORIGIN = Month.parse("2024-07")  # the first month of the fourth quarter of the year 2024
COUNTS = [100 + month for month in range(ORIGIN - FIRST + 1)]
PATHS = np.array([[200, 210, 220, 230, 240], [300, 330, 360, 390, 420]])


def history(counts: list[int | None]) -> History:
    """Monthly counts of a series whose years begin in October."""
    observations = [
        Observation(
            FIRST + step, count, Status.NORMAL, Qualifier.EXACT, 1, "cbp", date(2024, 8, 20), 1
        )
        for step, count in enumerate(counts)
    ]
    series = SeriesRow(key="made.up", unit="encounters", year_start=10, ended=False)
    return History(series, date(2024, 8, 25), observations, ORIGIN, None)


def transformed(
    counts: list[int | None] | None = None, *, last: int = 5, **wanted: object
) -> TransformedForecast:
    span = ForecastSpan(ORIGIN, 1, last)
    given = history(list(COUNTS) if counts is None else counts)
    return transform_forecast(given, span, PATHS, Transformation(**wanted))  # type: ignore[arg-type]


def values(found: TransformedForecast) -> dict[str, list[float]]:
    """Each period's value on both paths."""
    columns = np.round(found.distribution.paths, 1).T.tolist()
    return dict(zip(map(str, found.periods), columns, strict=True))


def test_a_quarter_that_has_begun_is_its_counted_months_and_the_path_of_the_others() -> None:
    assert values(transformed(aggregate=Aggregate.QUARTER)) == {
        "2024-Q4": [121 + 200 + 210, 121 + 300 + 330],
        "2025-Q1": [220 + 230 + 240, 360 + 390 + 420],
    }


def test_a_year_that_ends_in_the_months_shown_is_all_of_its_months() -> None:
    counted = sum(COUNTS[12:])
    found = values(transformed(aggregate=Aggregate.YEAR))
    assert found == {"2024": [counted + 410, counted + 630]}


def test_a_change_is_from_the_month_before_on_the_same_path() -> None:
    found = values(transformed(units=Units.CHANGE, last=3))
    assert found == {"2024-08": [79, 179], "2024-09": [10, 30], "2024-10": [10, 30]}


def test_a_change_on_the_year_is_from_the_figure_of_the_year_before() -> None:
    found = values(transformed(units=Units.PERCENT_YEAR, last=1))
    assert found == {"2024-08": [round(100 * (200 / 110 - 1), 1), round(100 * (300 / 110 - 1), 1)]}


def test_an_index_is_in_percent_of_the_newest_figure() -> None:
    found = transformed(units=Units.INDEX, last=1)
    assert str(found.base.period if found.base else None) == "2024-07"
    assert values(found) == {"2024-08": [round(100 * 200 / 121, 1), round(100 * 300 / 121, 1)]}


def test_a_quarter_before_a_missing_month_is_left_out_and_told() -> None:
    counts: list[int | None] = list(COUNTS)
    counts[-2] = None  # June 2024, in the quarter that the fourth one is compared with
    found = transformed(counts, units=Units.CHANGE, aggregate=Aggregate.QUARTER)
    assert list(values(found)) == ["2025-Q1"]
    assert found.warnings == [
        "2024-Q4 is left out, because a figure that it needs is missing or 0."
    ]


@pytest.mark.parametrize(
    ("counts", "wanted", "parameter"),
    [
        (COUNTS, {"aggregate": Aggregate.YEAR, "last": 1}, "horizon"),
        ([None] * 21 + [7], {"units": Units.PERCENT_YEAR}, "units"),
        ([0] * 22, {"units": Units.INDEX}, "base"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    counts: list[int | None], wanted: dict[str, object], parameter: str
) -> None:
    with pytest.raises(BadParameter) as refusal:
        transformed(counts, **wanted)  # type: ignore[arg-type]
    assert refusal.value.faults[0].parameter == parameter
