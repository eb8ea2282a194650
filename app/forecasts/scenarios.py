"""Scenarios: forecasts under stated assumptions, computed when asked for and never archived."""

import asyncio
import hashlib
import pickle
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from threading import Condition
from typing import Any, TypeVar

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

from app.clock import Clock
from app.errors import TooBusy
from app.events import PolicyEvent
from app.execution.processes import run_in_worker
from app.execution.work_queue import WorkQueue
from app.forecasts.effect_estimates import CannotEstimate, estimate_event_effect
from app.forecasts.encoding import encode_marginals
from app.forecasts.inputs import ForecastInputs
from app.forecasts.lookup import look_up_inputs
from app.forecasts.pools import Pools
from app.storage.database import Database
from forecasting import (
    Effect,
    EstimatedEffect,
    FitWarning,
    Forecast,
    MeasurementNoise,
    Month,
    MonthlySeries,
    Pool,
    apply_effects,
    assume_counts,
    forecast,
)
from forecasting.series import LONGEST_HORIZON

PATIENCE_SECONDS = 50.0
RETRY_AFTER_SECONDS = 10
REMEMBERED = 16  # forecasts that a worker keeps, of 700 kB each
ESTIMATES = 500  # effects of events that are kept
LENGTH = 8  # of the queue, if nothing else is said

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed: counts of months after the origin, and effects on the level after these.

    noise: the errors of counts that are not stated exactly
    """

    counts: Mapping[Month, int]
    effects: tuple[Effect, ...]
    noise: Mapping[Month, MeasurementNoise] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScenarioForecast:
    """The months after the last assumed count: the archive's quantiles, and warnings.

    total: quantiles of the total of the months shown, None if one of them is open
    """

    origin: Month
    quantiles: bytes
    total: bytes | None
    warnings: tuple[FitWarning, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A computed scenario with the inputs and assumptions that it was made from.

    plain: what is forecast without the assumptions
    """

    inputs: ForecastInputs
    assumptions: Assumptions
    computed: ScenarioForecast
    plain: ScenarioForecast


def compute_scenarios(
    series: MonthlySeries,
    several: Sequence[Assumptions],
    months: Sequence[Month],
    model: str,
    seed: int,
    pool: Pool | None = None,
    *,
    data_version: str,
) -> list[ScenarioForecast]:
    """The plain forecast and those under each of several assumptions.

    Each has the 36 months after the last assumed one, as a forecast is made of as many. `months`
    are those whose totals are wanted; `data_version` names the figures and the pool.

    Runs in a worker.
    """
    plain, quantiles = _remembered_forecast(series, model, seed, pool, data_version)
    total = _encoded_total(plain, Assumptions({}, ()), months)
    found = [ScenarioForecast(plain.origin, quantiles, total, plain.warnings)]
    for assumptions in several:
        made, encoded = plain, quantiles
        if assumptions.counts:
            assumed = assume_counts(series, assumptions.counts, assumptions.noise)
            made, encoded = _remembered_forecast(assumed, model, seed, pool, data_version)
        if assumptions.effects:
            made = apply_effects(made, assumptions.effects, seed)
            encoded = encode_marginals(made, compressed=False)
        total = _encoded_total(made, assumptions, months)
        found.append(ScenarioForecast(made.origin, encoded, total, made.warnings))
    return found


@cached(
    LRUCache(REMEMBERED),
    key=lambda series, model, seed, _pool, version: (
        model,
        seed,
        version,
        series.start,
        series.values.tobytes(),
        tuple(series.measurement or ()),
    ),
    condition=Condition(),
)
def _remembered_forecast(
    series: MonthlySeries, model: str, seed: int, pool: Pool | None, _version: str
) -> tuple[Forecast, bytes]:
    """A forecast, without the assumed effects, and its quantiles; a worker keeps the last ones."""
    made = forecast(series, LONGEST_HORIZON, model, seed, pool=pool)
    return made, encode_marginals(made, compressed=False)


def _encoded_total(
    made: Forecast, assumptions: Assumptions, months: Sequence[Month]
) -> bytes | None:
    total = _total_paths(made, assumptions, months)
    if total is None:
        return None
    return encode_marginals(replace(made, paths=total[:, np.newaxis]), compressed=False)


def _total_paths(
    made: Forecast, assumptions: Assumptions, months: Sequence[Month]
) -> NDArray[np.float64] | None:
    """(draws,) totals of some months; None if one of them is neither assumed nor forecast."""
    total = np.zeros(made.draws)
    for month in months:
        step = month - made.origin - 1
        if step >= 0:
            total += made.paths[:, step]
        elif month in made.past_months:
            total += made.past_paths[:, made.past_months.index(month)]
        elif month in assumptions.counts:
            total += assumptions.counts[month]
        else:
            return None
    return total


class ScenarioService:
    """Computes scenarios of one store's figures in the workers, one at a time beside forecasts."""

    def __init__(
        self,
        database: Database,
        workers: Executor,
        pools: Pools,
        clock: Clock,
        *,
        seed: int,
        queue: WorkQueue | None = None,
    ) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._pools = pools
        self.queue = queue or WorkQueue("scenarios", slots=1, length=LENGTH)
        self._estimates: LRUCache[Hashable, EstimatedEffect | str] = LRUCache(ESTIMATES)

    async def inputs(self, key: str, model: str, as_of: date | None) -> ForecastInputs:
        """What a scenario starts from. Raises what `load_inputs` raises."""
        return await self._database.read_in_thread(
            look_up_inputs, key, model, today=self._clock().date(), as_of=as_of
        )

    async def compute(
        self, given: ForecastInputs, assumptions: Assumptions, model: str
    ) -> Scenario:
        """The scenario of the months after the newest figure.

        Raises TooBusy, and what the queue raises.
        """
        [computed] = await self.compare(given, [assumptions], [], model)
        return computed

    async def compare(
        self,
        given: ForecastInputs,
        several: Sequence[Assumptions],
        months: Sequence[Month],
        model: str,
    ) -> list[Scenario]:
        """Several scenarios and the forecast without them; `months` are those whose totals are
        wanted. Raises TooBusy, and what the queue raises."""

        async def compute() -> list[ScenarioForecast]:
            pool = await self._pools.get_or_learn(given.pool)
            return await run_in_worker(
                self._workers,
                partial(compute_scenarios, data_version=given.data_version),
                given.series,
                several,
                months,
                model,
                self._seed,
                pool,
            )

        # the figures themselves: a reported one is among them that no version of the data has
        asked = given.series, given.pool, tuple(several), tuple(months), model
        plain, *computed = await self._in_turn(asked, compute)
        pairs = zip(several, computed, strict=True)
        return [Scenario(given, assumptions, made, plain) for assumptions, made in pairs]

    async def estimate(
        self, given: ForecastInputs, event: PolicyEvent, phase_in: int
    ) -> EstimatedEffect:
        """The effect of a past event. Raises CannotEstimate, TooBusy, and what the queue raises."""
        key = given.data_version, event.day, phase_in
        if key not in self._estimates:

            async def estimate() -> EstimatedEffect | str:
                return await run_in_worker(
                    self._workers, estimate_event_effect, given.series, event, phase_in
                )

            asked = given.series, event, phase_in
            self._estimates[key] = await self._in_turn(asked, estimate)
        found = self._estimates[key]
        if isinstance(found, str):
            raise CannotEstimate(event, found)
        return found

    async def _in_turn(self, asked: tuple[Any, ...], work: Callable[[], Awaitable[T]]) -> T:
        """The result of work on what was asked, once it is its turn, but not too late."""
        key = hashlib.blake2b(pickle.dumps(asked)).hexdigest()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.queue.run(key, work)
        except TimeoutError:
            raise TooBusy(self.queue.name, RETRY_AFTER_SECONDS) from None
