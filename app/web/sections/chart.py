"""The chart of history and forecast, and the tables below it."""

from dataclasses import dataclass

from app.charts.captions import description
from app.charts.events import PolicyEvent, events_between
from app.charts.lines import build_lines, with_scale
from app.charts.specifications import SeriesSpecification
from app.charts.style import Scale
from app.forecasts.lookup import IssuedForecast
from app.languages import Words
from app.observations.observation import Observation
from forecasting import FitWarning, Month


@dataclass(frozen=True, slots=True)
class ChartSection:
    """What the chart shows, in words and as tables."""

    description: str
    scale: Scale
    shown: list[Observation]
    later: dict[Month, Observation]
    events: list[PolicyEvent]
    fit_warnings: tuple[FitWarning, ...]


def build_chart_section(
    specification: SeriesSpecification | None, issued: IssuedForecast | None, words: Words
) -> ChartSection:
    """The section of a chart; an empty one without figures."""
    if specification is None:
        return ChartSection("", Scale.LINEAR, [], {}, [], ())
    drawn = build_lines(specification, words)
    specification = with_scale(specification, drawn)
    return ChartSection(
        description=description(specification, drawn, words),
        scale=specification.look.scale,
        shown=specification.history,
        later={figure.period: figure for figure in specification.later},
        events=events_between(drawn.first.first_day, drawn.last.first_day),
        fit_warnings=issued.archived.warnings if issued else (),
    )
