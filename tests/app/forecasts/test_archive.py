"""The archive keeps forecasts as they were made, in bytes that are the same everywhere."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.forecasts import store
from app.forecasts.computation import Computed, compute
from app.forecasts.encoding import decode_marginals, decode_paths, encode_marginals, encode_paths
from app.forecasts.inputs import load_inputs
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.storage.database import Database
from forecasting import Forecast, Month, MonthlySeries
from tests.app.forecasts.conftest import CountingWorkers

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SERIES = MonthlySeries(
    "2019-10", [45_139, 42_643, 40_565, 36_585, 36_687, 34_460, 17_106, 23_237, 33_049]
)
SPECIFICATION = Specification("log-random-walk", seed=0)

FORECASTS = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 40), st.integers(1, 4)),
    elements=st.floats(0, 1e9, allow_nan=False),
).map(lambda paths: Forecast(Month.parse("2024-04"), paths, "log-random-walk"))


@given(forecast=FORECASTS, level=st.integers(1, 99))
@settings(max_examples=60, deadline=None)
def test_every_interval_comes_back_to_the_nearest_count(forecast: Forecast, level: int) -> None:
    kept = decode_marginals(encode_marginals(forecast))
    lower, upper = forecast.interval(level / 100)
    np.testing.assert_allclose(kept.interval(level / 100)[0], lower, rtol=1e-12, atol=0.501)
    np.testing.assert_allclose(kept.interval(level / 100)[1], upper, rtol=1e-12, atol=0.501)
    np.testing.assert_allclose(kept.mean, forecast.mean, rtol=1e-12, atol=0.501)
    np.testing.assert_allclose(kept.median, forecast.median, rtol=1e-12, atol=0.501)


@given(forecast=FORECASTS)
@settings(max_examples=30, deadline=None)
def test_kept_intervals_are_nested_around_the_median(forecast: Forecast) -> None:
    kept = decode_marginals(encode_marginals(forecast))
    lowers, uppers = zip(*(kept.interval(level / 100) for level in range(1, 100)), strict=True)
    ends = np.array([*lowers[::-1], kept.median, *uppers])
    assert (np.diff(ends, axis=0) >= 0).all()


@given(forecast=FORECASTS)
@settings(max_examples=30, deadline=None)
def test_paths_come_back_to_the_nearest_count(forecast: Forecast) -> None:
    np.testing.assert_array_equal(decode_paths(encode_paths(forecast)), np.rint(forecast.paths))


@given(forecast=FORECASTS)
@settings(max_examples=20, deadline=None)
def test_what_is_kept_are_arrays_of_whole_numbers_and_never_a_pickle(forecast: Forecast) -> None:
    for stored in (encode_marginals(forecast), encode_paths(forecast)):
        with zipfile.ZipFile(io.BytesIO(stored)) as members:
            assert {name.removesuffix(".npy") for name in members.namelist()} <= {
                "mean",
                "quantiles",
                "paths",
                "past_months",
                "past_paths",
            }
        with np.load(io.BytesIO(stored), allow_pickle=False) as kept:
            assert {kept[name].dtype for name in kept.files} == {np.dtype(np.int64)}


def test_the_same_figures_and_seed_give_the_same_bytes_in_any_process(
    workers: CountingWorkers,
) -> None:
    here = compute(SERIES, SPECIFICATION)
    assert workers.submit(compute, SERIES, SPECIFICATION).result(60) == here
    assert compute(SERIES, SPECIFICATION) == here


def test_another_seed_gives_another_forecast() -> None:
    assert (
        compute(SERIES, Specification("log-random-walk", seed=1)).paths
        != compute(SERIES, SPECIFICATION).paths
    )


def identity_of(database: Database, key: str) -> ForecastKey:
    with database.reading() as session:
        given = load_inputs(session, key, today=NOW.date())
        return ForecastKey(given.history.series.id, given.data_version, SPECIFICATION)


def test_a_forecast_comes_back_as_it_was_archived(loaded_copy: Database) -> None:
    computed = compute(SERIES, SPECIFICATION)
    forecast_key = identity_of(loaded_copy, "usbp.southwest")
    with loaded_copy.writing() as session:
        store.archive(session, forecast_key, computed, issued_at=NOW, live=True)
    with loaded_copy.reading() as session:
        found = store.find_forecast(session, forecast_key)
        assert found is not None
        kept = Computed(
            found.origin,
            found.quantiles,
            found.paths,
            {name: tuple(values) for name, values in found.parameters.items()},
            found.versions,
            found.warnings,
            found.provisional_share,
        )
    assert kept == computed
    assert found.issued_at == NOW


def test_a_forecast_that_is_archived_already_stays_as_it_is(loaded_copy: Database) -> None:
    forecast_key = identity_of(loaded_copy, "usbp.southwest")
    for days in range(2):
        with loaded_copy.writing() as session:
            store.archive(
                session,
                forecast_key,
                compute(SERIES, SPECIFICATION),
                issued_at=NOW + timedelta(days=days),
                live=True,
            )
    with loaded_copy.reading() as session:
        found = store.find_forecast(session, forecast_key)
    assert found is not None
    assert found.issued_at == NOW


def test_other_figures_or_another_specification_are_another_forecast(loaded_copy: Database) -> None:
    forecast_key = identity_of(loaded_copy, "usbp.southwest")
    with loaded_copy.writing() as session:
        store.archive(
            session, forecast_key, compute(SERIES, SPECIFICATION), issued_at=NOW, live=True
        )
    others = [
        ForecastKey(forecast_key.series_id, "0" * 64, forecast_key.specification),
        ForecastKey(
            forecast_key.series_id,
            forecast_key.data_version,
            Specification("log-random-walk", seed=1),
        ),
        ForecastKey(
            forecast_key.series_id, forecast_key.data_version, Specification("theta", seed=0)
        ),
        identity_of(loaded_copy, "usbp.southwest.tucson"),
    ]
    with loaded_copy.reading() as session:
        assert [store.find_forecast(session, other) for other in others] == [None] * 4
