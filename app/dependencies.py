"""What routes are given: the services of the running application.

Each dependency is a coroutine, which FastAPI calls right where it is, not in a thread.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, FastAPI, Request

from app.clock import Clock
from app.config import Settings
from app.storage.database import Database

if TYPE_CHECKING:
    from app.charts.renderer import ChartRenderer
    from app.evaluation.scoring import Scorer
    from app.forecasts.scenarios import ScenarioService
    from app.forecasts.service import ForecastService
    from app.keys.authorization import WriteLimit
    from app.services import Services


def services_of(app: FastAPI) -> "Services":
    """The services of an application that is running."""
    return cast("Services", app.state.services)


async def _database(request: Request) -> Database:
    return services_of(request.app).database


async def _workers(request: Request) -> Executor:
    return services_of(request.app).workers


async def _clock(request: Request) -> Clock:
    return services_of(request.app).clock


async def _settings(request: Request) -> Settings:
    return services_of(request.app).settings


async def _limiter(request: Request) -> "WriteLimit":
    return services_of(request.app).limiter


async def _refresh(request: Request) -> Callable[[], None]:
    return services_of(request.app).refresher.wake


async def _forecasts(request: Request) -> "ForecastService":
    return services_of(request.app).forecasts


async def _scenarios(request: Request) -> "ScenarioService":
    return services_of(request.app).scenarios


async def _charts(request: Request) -> "ChartRenderer":
    return services_of(request.app).charts


async def _scorer(request: Request) -> "Scorer":
    return services_of(request.app).scorer


Store = Annotated[Database, Depends(_database)]
Workers = Annotated[Executor, Depends(_workers)]
Now = Annotated[Clock, Depends(_clock)]
Configured = Annotated[Settings, Depends(_settings)]
Limiter = Annotated["WriteLimit", Depends(_limiter)]
Refresh = Annotated[Callable[[], None], Depends(_refresh)]
Forecasts = Annotated["ForecastService", Depends(_forecasts)]
Scenarios = Annotated["ScenarioService", Depends(_scenarios)]
Charts = Annotated["ChartRenderer", Depends(_charts)]
Scoring = Annotated["Scorer", Depends(_scorer)]
