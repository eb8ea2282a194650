"""What routes are given: the store, the clock and the forecast desk of the running application."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from app.database import Database

if TYPE_CHECKING:
    from app.forecasts.desk import ForecastDesk

Clock = Callable[[], datetime]


def _state(name: str) -> Any:
    def part(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(part)


Store = Annotated[Database, _state("database")]
Now = Annotated[Clock, _state("clock")]
Desk = Annotated["ForecastDesk", _state("desk")]
