"""Scenarios: forecasts under stated assumptions, computed when asked for and never archived."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from app.clock import Clock
from app.errors import Problem
from app.execution.processes import run_in_worker
from app.forecasts.encoding import encode_marginals
from app.forecasts.inputs import ForecastInputs
from app.forecasts.lookup import look_up_inputs
from app.forecasts.pools import Pools
from app.storage.database import Database
from forecasting import (
    Effect,
    FitWarning,
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
MOST_WAITING = 8  # scenarios under way or waiting: more would keep forecasts from the workers


class TooManyScenarios(Problem):
    """The service computes scenarios one at a time beside forecasts, and too many are waiting.

    Try again after the time in `Retry-After`.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Too many scenarios"

    def __init__(self) -> None:
        super().__init__(
            f"Other scenarios are being computed. Try again in {RETRY_AFTER_SECONDS} seconds.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed: counts of months after the origin, and effects on the level after these."""

    counts: Mapping[Month, int]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class ScenarioForecast:
    """The months after the last assumed count: the archive's quantiles, and warnings."""

    origin: Month
    quantiles: bytes
    warnings: tuple[FitWarning, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A computed scenario with the inputs and assumptions that it was made from."""

    inputs: ForecastInputs
    assumptions: Assumptions
    computed: ScenarioForecast


def compute_scenario(
    series: MonthlySeries, assumptions: Assumptions, model: str, seed: int, pool: Pool | None = None
) -> ScenarioForecast:
    """The 36 months after the last assumed one, as a forecast is made of as many.

    Runs in a worker.
    """
    assumed = assume_counts(series, assumptions.counts)
    made = forecast(assumed, LONGEST_HORIZON, model, seed, pool=pool)
    made = apply_effects(made, assumptions.effects, seed)
    return ScenarioForecast(made.origin, encode_marginals(made), made.warnings)


class ScenarioService:
    """Computes scenarios of one store's figures in the workers, a few at a time."""

    def __init__(
        self, database: Database, workers: Executor, pools: Pools, clock: Clock, *, seed: int
    ) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._pools = pools
        self._waiting = 0
        self._one_at_a_time = asyncio.Semaphore(1)

    async def inputs(self, key: str, model: str, as_of: date | None) -> ForecastInputs:
        """What a scenario starts from. Raises what `load_inputs` raises."""
        return await self._database.read_in_thread(
            look_up_inputs, key, model, today=self._clock().date(), as_of=as_of
        )

    async def compute(
        self, given: ForecastInputs, assumptions: Assumptions, model: str
    ) -> Scenario:
        """The scenario of the months after the newest figure. Raises TooManyScenarios."""
        if self._waiting >= MOST_WAITING:
            raise TooManyScenarios
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._one_at_a_time:
                computed = await self._computed(given, assumptions, model)
                return Scenario(given, assumptions, computed)
        except TimeoutError:
            raise TooManyScenarios from None
        finally:
            self._waiting -= 1

    async def _computed(
        self, given: ForecastInputs, assumptions: Assumptions, model: str
    ) -> ScenarioForecast:
        pool = await self._pools.get_or_learn(given.pool)
        return await run_in_worker(
            self._workers, compute_scenario, given.series, assumptions, model, self._seed, pool
        )
