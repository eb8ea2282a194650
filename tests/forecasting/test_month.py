from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import Month, months_between

months = st.builds(Month.of, st.integers(1, 9998), st.integers(1, 12))


@given(months)
def test_reads_what_it_writes(month: Month) -> None:
    assert Month.parse(str(month)) == month


@given(months, st.integers(-500, 500))
def test_adding_and_subtracting_are_inverse(month: Month, steps: int) -> None:
    assert (month + steps) - steps == month
    assert (month + steps) - month == steps


@given(months)
def test_the_day_after_the_last_is_the_first_of_the_next_month(month: Month) -> None:
    assert month.last_day + timedelta(days=1) == (month + 1).first_day


@given(st.dates(min_value=date(2, 1, 1), max_value=date(9998, 1, 1)))
def test_contains_its_days(day: date) -> None:
    month = Month.containing(day)
    assert month.first_day <= day <= month.last_day


@given(months, st.integers(0, 60))
def test_months_between_holds_both_ends(first: Month, steps: int) -> None:
    between = months_between(first, first + steps)
    assert len(between) == steps + 1
    assert (between[0], between[-1]) == (first, first + steps)


def test_no_months_lie_between_a_month_and_an_earlier_one() -> None:
    assert months_between(Month.parse("2024-04"), Month.parse("2024-03")) == []


@pytest.mark.parametrize(
    ("text", "year"), [("2023-09", 2023), ("2023-10", 2024), ("2024-01", 2024)]
)
def test_fiscal_year_begins_in_october(text: str, year: int) -> None:
    assert Month.parse(text).fiscal_year == year


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-00", "2024-4", "2024-04-01", "24-04", "", "2024-04\n"]
)
def test_what_is_not_a_month_is_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="expected YYYY-MM") as error:
        Month.parse(text)
    assert repr(text) in str(error.value)


def test_the_thirteenth_month_is_refused() -> None:
    with pytest.raises(ValueError, match="month is 13, expected 1 to 12"):
        Month.of(2024, 13)
