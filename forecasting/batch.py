"""Forecast many series, in this process or on any executor, with the same result."""

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Executor, as_completed
from functools import partial
from typing import TypeAlias

from forecasting.auto.pool_learning import learn_pool
from forecasting.distribution import Forecast
from forecasting.forecaster import DRAWS, forecast, require_forecastable
from forecasting.models import POOLED
from forecasting.pool import Pool
from forecasting.series import MonthlySeries

Call: TypeAlias = Callable[[], Forecast]
Learn: TypeAlias = Callable[[], Pool | None]
Forecasts: TypeAlias = Generator[tuple[str, Forecast], None, None]


def forecast_many(
    series: Mapping[str, MonthlySeries],
    horizon: int = 12,
    model: str = "auto",
    seed: int = 0,
    *,
    executor: Executor | None = None,
    previous: Mapping[str, Forecast] | None = None,
    refit: bool = True,
    draws: int = DRAWS,
) -> dict[str, Forecast]:
    """Forecast many series that learn from each other.

    Each forecast equals that of `forecast` with the pool that `learn_pool` learns from all series.
    All series are drawn with the same random numbers, so row i of the paths of one series says
    nothing about row i of another. Do not add paths across series.

    Parameters
    ----------
    series : mapping of str to MonthlySeries
        The series by key; the keys have no meaning.
    horizon, model, seed, draws
        As for `forecast`.
    executor : concurrent.futures.Executor, optional
        As for `forecast_each`.
    previous : mapping of str to Forecast, optional
        Earlier forecasts by key. Fits start from the parameters of those by the same model.
    refit : bool
        False to keep these parameters, as for `forecast`.

    Returns
    -------
    dict of str to Forecast
        In the order of `series`.

    Raises
    ------
    ValueError
        If a series cannot be forecast; the message names its key.

    Examples
    --------
    >>> series = {
    ...     "a": MonthlySeries("2024-01", [120, 80, 100]),
    ...     "b": MonthlySeries("2024-01", [7, 9, 8]),
    ... }
    >>> forecasts = forecast_many(series, horizon=3, model="log-random-walk", draws=100)
    >>> {key: one.paths.shape for key, one in forecasts.items()}
    {'a': (100, 3), 'b': (100, 3)}
    """
    done = dict(
        forecast_each(
            series,
            horizon,
            model,
            seed,
            executor=executor,
            previous=previous,
            refit=refit,
            draws=draws,
        )
    )
    return {key: done[key] for key in series}


def forecast_each(
    series: Mapping[str, MonthlySeries],
    horizon: int = 12,
    model: str = "auto",
    seed: int = 0,
    *,
    executor: Executor | None = None,
    previous: Mapping[str, Forecast] | None = None,
    refit: bool = True,
    draws: int = DRAWS,
) -> Forecasts:
    """Yield the forecasts of `forecast_many` one by one, as they are finished.

    A caller can show progress and store each forecast. The pool is learned first, on the executor
    too, and only for a model that uses one.

    Parameters
    ----------
    series : mapping of str to MonthlySeries
        The series by key; the keys have no meaning.
    horizon, model, seed, draws
        As for `forecast`.
    executor : concurrent.futures.Executor, optional
        By default this process. Anything works whose `submit` returns `concurrent.futures` futures,
        such as a process pool or Dask's `Client.get_executor()`. If the caller stops early, work
        that has not begun is canceled.
    previous : mapping of str to Forecast, optional
        Earlier forecasts by key. Fits start from the parameters of those by the same model.
    refit : bool
        False to keep these parameters, as for `forecast`.

    Yields
    ------
    key : str
    forecast : Forecast

    Raises
    ------
    ValueError
        Before any work begins, if a series cannot be forecast; the message names its key.

    Examples
    --------
    >>> series = {"a": MonthlySeries("2024-01", [120, 80, 100])}
    >>> for key, one in forecast_each(series, horizon=3, model="log-random-walk", draws=100):
    ...     print(key, one.paths.shape)
    a (100, 3)
    """
    for key, one in series.items():
        require_forecastable(one, horizon, model, seed, draws=draws, key=key)
    warm = {key: one.parameters for key, one in (previous or {}).items() if one.model == model}
    learn = partial(learn_pool, dict(series)) if model in POOLED else None

    def calls(pool: Pool | None) -> dict[str, Call]:
        return {
            key: partial(
                forecast,
                one,
                horizon,
                model,
                seed,
                draws=draws,
                start=warm.get(key),
                refit=refit,
                pool=pool,
            )
            for key, one in series.items()
        }

    return _in_turn(learn, calls) if executor is None else _as_completed(executor, learn, calls)


def _in_turn(learn: Learn | None, calls: Callable[[Pool | None], Mapping[str, Call]]) -> Forecasts:
    for key, call in calls(learn() if learn else None).items():
        yield key, call()


def _as_completed(
    executor: Executor, learn: Learn | None, calls: Callable[[Pool | None], Mapping[str, Call]]
) -> Forecasts:
    pool = executor.submit(learn).result() if learn else None
    futures = {executor.submit(call): key for key, call in calls(pool).items()}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()
