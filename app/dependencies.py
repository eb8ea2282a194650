"""What routes are given: parts of the running application."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from app.clock import Clock
from app.config import Settings
from app.storage.database import Database

if TYPE_CHECKING:
    from app.charts.renderer import ChartRenderer
    from app.evaluation.scoring import Scorer
    from app.forecasts.scenarios import ScenarioService
    from app.forecasts.service import ForecastService


def _state(name: str) -> Any:
    def part(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(part)


Store = Annotated[Database, _state("database")]
Now = Annotated[Clock, _state("clock")]
Configured = Annotated[Settings, _state("settings")]
Refresh = Annotated[Callable[[], None], _state("refresh")]
Forecasts = Annotated["ForecastService", _state("forecasts")]
Scenarios = Annotated["ScenarioService", _state("scenarios")]
Charts = Annotated["ChartRenderer", _state("charts")]
Scoring = Annotated["Scorer", _state("scorer")]
