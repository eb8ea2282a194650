from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from forecasting import Forecast, MonthlySeries, forecast, forecast_each, forecast_many

pytestmark = pytest.mark.slow  # fits models, or starts processes


@pytest.fixture
def many(seasonal: Callable[[int], MonthlySeries]) -> dict[str, MonthlySeries]:
    return {f"sector.{months}": seasonal(months) for months in (60, 14, 40)}


class Later(Executor):
    """Accepts calls, runs the first when submitted, and leaves the others waiting."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not self.futures:
            future.set_result(call(*args, **kwargs))
        self.futures.append(future)
        return future


def assert_same(one: Mapping[str, Forecast], other: Mapping[str, Forecast]) -> None:
    assert list(one) == list(other)
    for key, forecast_ in one.items():
        assert forecast_.paths.tobytes() == other[key].paths.tobytes()
        assert forecast_.parameters == other[key].parameters
        assert forecast_.warnings == other[key].warnings
        assert forecast_.origin == other[key].origin


def test_each_series_is_forecast_as_if_alone(many: dict[str, MonthlySeries]) -> None:
    alone = {key: forecast(series, horizon=3, seed=5) for key, series in many.items()}
    assert_same(forecast_many(many, horizon=3, seed=5), alone)


def test_a_spawned_process_gives_the_same_bytes(many: dict[str, MonthlySeries]) -> None:
    here = forecast_many(many, horizon=6, seed=1)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert_same(forecast_many(many, horizon=6, seed=1, executor=pool), here)


def test_results_are_in_the_order_given_however_they_complete(
    many: dict[str, MonthlySeries],
) -> None:
    with ThreadPoolExecutor(2) as pool:
        made = forecast_many(many, model="log-random-walk", executor=pool)
    assert list(made) == list(many)


def test_forecasts_are_handed_out_as_they_are_made(many: dict[str, MonthlySeries]) -> None:
    seen = forecast_each(many, model="log-random-walk")
    key, first = next(seen)
    assert key == "sector.60"
    assert first.model == "log-random-walk"


def test_stopping_early_cancels_what_has_not_begun(many: dict[str, MonthlySeries]) -> None:
    executor = Later()
    seen = forecast_each(many, model="log-random-walk", executor=executor)
    next(seen)
    seen.close()
    assert [future.cancelled() for future in executor.futures] == [False, True, True]


def test_previous_forecasts_start_the_fits(many: dict[str, MonthlySeries]) -> None:
    previous = forecast_many(many, model="structural")
    warm = forecast_many(many, model="structural", previous=previous)
    by_hand = {
        key: forecast(series, model="structural", start=previous[key].parameters)
        for key, series in many.items()
    }
    assert_same(warm, by_hand)
    assert any(warm[key].paths.tobytes() != previous[key].paths.tobytes() for key in many)


def test_previous_forecasts_by_another_model_are_left_aside(many: dict[str, MonthlySeries]) -> None:
    previous = forecast_many(many, model="ets")
    assert_same(
        forecast_many(many, model="structural", previous=previous),
        forecast_many(many, model="structural"),
    )


def test_a_series_that_is_too_short_is_named_before_any_work(
    many: dict[str, MonthlySeries],
) -> None:
    many["sector.new"] = MonthlySeries("2024-01", [3, 4])
    executor = Later()
    with pytest.raises(
        ValueError, match=r"^sector\.new: series has 2 observed months, expected at least 3"
    ):
        forecast_each(many, executor=executor)
    assert executor.futures == []


def test_no_series_no_forecasts() -> None:
    assert forecast_many({}) == {}
