"""What a chart is drawn from: complete, so that another process can draw it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.charts.style import Look
from app.evaluation.past import Ahead, PastMonth
from app.evaluation.track_record import TrackRecord
from app.forecasts.schemas import ForecastAnswer
from app.observations.schemas import HistoryAnswer, Observation
from forecasting import Month


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
class MonthVersions:
    """Every published version of one month's figure, oldest first, and the one that is current."""

    versions: list[Observation]
    current: Observation

    @property
    def month(self) -> Month:
        return self.current.period

    @property
    def first(self) -> Observation:
        return self.versions[0]

    @property
    def moved(self) -> bool:
        return self.first.value != self.current.value

    @property
    def percent(self) -> float | None:
        """From the first value to the current one; None where there is nothing to compare."""
        return self.percent_of(self.current)

    def percent_of(self, version: Observation) -> float | None:
        """From the first value to that of a version."""
        first, value = self.first.value, version.value
        return 100 * (value - first) / first if first and value is not None else None


@dataclass(frozen=True, slots=True)
class VintagesOrder:
    """The versions of some months' figures, oldest month first."""

    title: str
    as_of: date
    months: list[MonthVersions]
    look: Look


@dataclass(frozen=True, slots=True)
class TrackRecordOrder:
    """How past forecasts of a series have done, or of all series where it has too few."""

    title: str
    as_of: date
    record: TrackRecord
    look: Look


@dataclass(frozen=True, slots=True)
class PastForecastsOrder:
    """What had been forecast for each month, beside the figures that came; oldest month first."""

    title: str
    unit: str
    sources: list[str]
    as_of: date
    model: str
    ahead: Ahead
    months: list[PastMonth]
    look: Look


Order = SeriesOrder | VintagesOrder | TrackRecordOrder | PastForecastsOrder
