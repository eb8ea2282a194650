"""Forecast many series, in this process or on any executor, with the same result."""

from collections.abc import Callable, Iterator, Mapping
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
Forecasts: TypeAlias = Iterator[tuple[str, Forecast]]


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
    """A forecast of every series by key, in the order given.

    Each is the one that `forecast` gives with the pool that `learn_pool` learns from all of them.

    Every series is drawn with the same random numbers, so row i of one forecast's paths says
    nothing of row i of another's: do not add paths across series.

    Parameters and errors are those of `forecast_each`.
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
    """Yield each key with its forecast when it is made, so that a caller can show progress.

    executor: None for this process, else anything whose `submit` returns `concurrent.futures`
        futures, such as a process pool (also spawned) or Dask's `Client.get_executor()`. Where the
        caller stops early, what has not begun is cancelled.
    previous: earlier forecasts by key; parameters of those by the same model start the fits
    refit: False to hold these parameters where the model can (see `forecast`).

    The pool is learned first, in the executor too, and only for a model that takes something from
    it.

    Raises ValueError naming the key before any work begins where a series cannot be forecast (see
    `forecast`).
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
