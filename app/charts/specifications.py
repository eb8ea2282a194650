"""All that a chart is drawn from, so that another process can draw it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.charts.style import Look
from app.evaluation.past_forecasts import LeadTime, PastMonth
from app.evaluation.track_record import TrackRecord
from app.forecasts.summary import ForecastSummary
from app.forecasts.thresholds import Side
from app.observations.observation import Observation
from forecasting import Month


class ChartFormat(StrEnum):
    """The format of a chart: a Vega-Lite specification or a picture."""

    JSON = "json"
    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    """A number, with the probability of a count beyond it in each forecast month."""

    number: int
    side: Side
    probabilities: tuple[tuple[Month, float], ...]


@dataclass(frozen=True, slots=True)
class SeriesSpecification:
    """History as known at the end of a day, with a forecast after it if there is one.

    later: what was published since, after the origin of an old forecast
    threshold: a number to draw as a line
    """

    title: str
    unit: str
    as_of: date
    history: list[Observation]
    forecast: ForecastSummary | None
    later: list[Observation]
    look: Look
    threshold: ThresholdLine | None = None


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
        """From the first value to the current one, or None if there is nothing to compare."""
        return self.percent_of(self.current)

    def percent_of(self, version: Observation) -> float | None:
        """From the first value to that of a version."""
        first, value = self.first.value, version.value
        return 100 * (value - first) / first if first and value is not None else None


@dataclass(frozen=True, slots=True)
class VintagesSpecification:
    """The versions of some months' figures, oldest month first."""

    title: str
    as_of: date
    months: list[MonthVersions]
    look: Look


@dataclass(frozen=True, slots=True)
class TrackRecordSpecification:
    """The track record of a series, or of all series together if it has too few scores."""

    title: str
    as_of: date
    record: TrackRecord
    look: Look


@dataclass(frozen=True, slots=True)
class PastForecastsSpecification:
    """The forecast and the actual figure of each month, oldest month first."""

    title: str
    unit: str
    sources: list[str]
    as_of: date
    model: str
    ahead: LeadTime
    months: list[PastMonth]
    look: Look


ChartSpecification = (
    SeriesSpecification
    | VintagesSpecification
    | TrackRecordSpecification
    | PastForecastsSpecification
)
