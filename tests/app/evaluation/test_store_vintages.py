"""The figures as known at each origin of a backtest, from the bundled record."""

import numpy as np
import pytest

from app.evaluation.store_vintages import StoreVintages, current_outcomes, forecastable_keys
from app.forecasts.pools import load_known_series, pool_key_for_series
from app.observations import queries
from app.storage.database import Database
from forecasting import Month
from forecasting.backtest.rolling_origin import up_to
from tests.app.evaluation.conftest import TODAY

KEY = "usbp.southwest"


@pytest.fixture(scope="module")
def vintages(loaded: Database) -> StoreVintages:
    return StoreVintages(loaded, [KEY], today=TODAY)


def test_as_known_is_what_the_history_said_on_the_day_a_month_was_first_published(
    loaded: Database, vintages: StoreVintages
) -> None:
    """April 2024 was first heard of on 7 May 2024, as about 129,000."""
    april = vintages(Month.parse("2024-04"))
    with loaded.reading() as session:
        then = queries.get_history(
            session, KEY, today=TODAY, as_of=TODAY.replace(2024, 5, 7)
        ).observations
    assert april.kind(KEY) == "as known"
    assert april.series[KEY].end == Month.parse("2024-04")
    assert april.series[KEY].values[-1] == then[-1].value == 129_000
    assert april.series[KEY].measurement is not None


def test_before_the_first_full_release_figures_are_reconstructed_from_those_published_first(
    vintages: StoreVintages,
) -> None:
    january = vintages(Month.parse("2015-01"))
    assert january.kind(KEY) == "reconstructed"
    assert january.series[KEY].end == Month.parse("2015-01")
    assert january.series[KEY].start == Month.parse("1999-10")
    assert january.series[KEY].measurement is None


def test_no_vintage_goes_beyond_its_origin(vintages: StoreVintages) -> None:
    for month in ("2011-12", "2019-06", "2021-07", "2021-08", "2022-03", "2024-11", "2025-07"):
        assert vintages(Month.parse(month)).series[KEY].end <= Month.parse(month)


def test_outcomes_are_todays_figures_that_were_said_exactly(loaded: Database) -> None:
    counted = current_outcomes(loaded, [KEY], today=TODAY)[KEY]
    with loaded.reading() as session:
        known = {
            figure.period: figure.value
            for figure in queries.get_history(session, KEY, today=TODAY).observations
            if not figure.vague
        }
    months = counted.months
    assert [known.get(month) for month in months] == [
        None if np.isnan(value) else value for value in counted.values
    ]


def test_series_that_have_ended_are_not_backtested(loaded: Database) -> None:
    keys = forecastable_keys(loaded)
    assert KEY in keys
    assert "usbp.southwest.title-42" not in keys


def test_a_reconstructed_vintage_is_the_first_figures_cut_at_the_origin(
    vintages: StoreVintages,
) -> None:
    earlier, later = (vintages(Month.parse(month)).series[KEY] for month in ("2014-06", "2015-06"))
    cut = up_to(later, Month.parse("2014-06"))
    assert cut is not None
    np.testing.assert_array_equal(cut.values, earlier.values)


def test_as_known_figures_are_forecast_with_the_pool_of_the_day(
    loaded: Database, vintages: StoreVintages
) -> None:
    """7 May 2024: the press has said something of April, and of no other series is it known."""
    members = vintages(Month.parse("2024-04")).pool_members
    assert members is not None
    with loaded.reading() as session:
        name = pool_key_for_series(
            session, "auto", KEY, today=TODAY, as_of=TODAY.replace(2024, 5, 7)
        )
        assert name is not None
        expected = load_known_series(session, name)
    found = members(KEY)
    assert found.keys() == expected.keys()
    assert len(found) > 20
    for key, one in found.items():
        assert one.start == expected[key].start
        np.testing.assert_array_equal(one.values, expected[key].values)
        assert one.measurement == expected[key].measurement
    assert [key for key, one in found.items() if one.end >= Month.parse("2024-04")] == [KEY]
    assert members(KEY) is found


def test_reconstructed_figures_are_forecast_with_the_pool_of_the_same(
    vintages: StoreVintages,
) -> None:
    """Those of its own border, also when another series is not backtested."""
    members = vintages(Month.parse("2015-01")).pool_members
    assert members is not None
    found = members(KEY)
    assert "usbp.southwest.tucson" in found
    assert not any(key.startswith(("frontex", "uk.")) for key in found)
    assert max(one.end for one in found.values()) == Month.parse("2015-01")
