"""What routes are given: parts of the running application."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from app.clock import Clock
from app.config import Settings
from app.database import Database

if TYPE_CHECKING:
    from app.charts.studio import Studio
    from app.evaluation.scoring import Scorer
    from app.forecasts.desk import ForecastDesk
    from app.forecasts.scenarios import ScenarioDesk


def _state(name: str) -> Any:
    def part(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(part)


Store = Annotated[Database, _state("database")]
Now = Annotated[Clock, _state("clock")]
Configured = Annotated[Settings, _state("settings")]
Refresh = Annotated[Callable[[], None], _state("refresh")]
Desk = Annotated["ForecastDesk", _state("desk")]
Scenarios = Annotated["ScenarioDesk", _state("scenarios")]
Charts = Annotated["Studio", _state("charts")]
Scoring = Annotated["Scorer", _state("scorer")]
