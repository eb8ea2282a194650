"""What a chart is drawn from: complete, so that another process can draw it, and comparable, to draw it once."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.charts.style import Look
from app.forecasts.schemas import ForecastAnswer
from app.observations.schemas import HistoryAnswer, Observation


class Picture(StrEnum):
    """The form of a chart: its Vega-Lite specification, or a picture."""

    JSON = "json"
    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class SeriesOrder:
    """History, with a forecast after it where there is one, and what happened after an old one."""

    title: str
    history: HistoryAnswer
    forecast: ForecastAnswer | None
    later: HistoryAnswer | None
    look: Look


@dataclass(frozen=True, slots=True)
class VintagesOrder:
    """Every version of some months' figures, oldest first in each month."""

    title: str
    as_of: date
    versions: list[list[Observation]]
    look: Look


Order = SeriesOrder | VintagesOrder
