"""Everything that a page shows, a piece for each of its sections. Templates only arrange it."""

from dataclasses import dataclass
from datetime import date

from app.charts import chart_data
from app.charts.schemas import ForecastChartQuery, HistoryChartQuery
from app.charts.specifications import ChartFormat, SeriesSpecification
from app.forecasts.encoding import PathsWithPast
from app.forecasts.lookup import IssuedForecast
from app.forecasts.reported_schemas import ReportedFigureAnswer
from app.forecasts.scenario_schemas import ScenarioAnswer
from app.forecasts.span import Start, is_beyond_reach
from app.forecasts.specification import Specification
from app.forecasts.summary import ForecastSummary
from app.languages import Words
from app.observations import queries, store
from app.storage.database import Session
from app.web.picker import BorderChoices, choices
from app.web.query import PageQuery, Part
from app.web.sections.chart import ChartSection, build_chart_section
from app.web.sections.headline import Headline, build_headline
from app.web.sections.planner import Planner, build_planner
from app.web.sections.recent_changes import ForecastChanges, build_forecast_changes
from app.web.sections.reporter import ReporterSection, build_reporter_section
from app.web.sections.revisions import RevisionsSection, build_revisions_section
from app.web.sections.scenario import ScenarioSection, build_scenario_section
from app.web.sections.sources import SourcesSection, build_sources_section
from app.web.sections.track_record import TrackRecordSection, build_track_record_section


@dataclass(frozen=True, slots=True)
class Page:
    """One series as known on a day. What is in another part than the one that is shown is None."""

    key: str
    title: str
    name: str
    unit: str
    ended: bool
    covariate: bool
    as_of: date
    today: date
    first_day: date | None
    forecast: ForecastSummary | None
    headline: Headline
    chart: ChartSection
    planner: Planner | None
    reporter: ReporterSection | None
    scenario: ScenarioSection | None
    recent_changes: ForecastChanges | None
    track_record: TrackRecordSection | None
    revisions: RevisionsSection | None
    choices: list[BorderChoices]
    sources: SourcesSection


def build_page(
    session: Session,
    query: PageQuery,
    words: Words,
    *,
    today: date,
    issued: IssuedForecast | None,
    paths: PathsWithPast | None,
    reported: ReportedFigureAnswer | None,
    assumed: ScenarioAnswer | None,
    computing: bool,
    model: Specification,
) -> Page:
    """Raises what `get_history` raises."""
    history = (
        issued.inputs.history
        if issued
        else queries.get_history(session, query.series, today=today, as_of=query.as_of)
    )
    series = history.series
    beyond_reach = issued is not None and is_beyond_reach(issued.archived.origin, history.as_of)
    shown = None if beyond_reach else issued
    has_figures = any(figure.value is not None for figure in history.observations)
    specification = _specification(session, query, words, today, shown) if has_figures else None
    forecast = specification.forecast if specification else None
    part = query.shown
    with_versions = part in (Part.OUTLOOK, Part.DATA)
    versions = store.versions(session, series.id, as_of=history.as_of) if with_versions else []
    return Page(
        key=series.key,
        title=series.title,
        name=words.name("series", series.key, series.title),
        unit=series.unit,
        ended=series.ended,
        covariate=series.covariate,
        as_of=history.as_of,
        today=today,
        first_day=store.first_full_release(session, series.id),
        forecast=forecast,
        headline=build_headline(
            history, forecast, today=today, computing=computing, beyond_reach=beyond_reach
        ),
        chart=build_chart_section(specification, shown, words),
        planner=build_planner(session, query, shown, paths)
        if shown and paths and part is Part.OUTLOOK
        else None,
        reporter=build_reporter_section(
            query, history, reported, computing=query.reported is not None and reported is None
        )
        if shown and part is Part.WHAT_IF
        else None,
        scenario=build_scenario_section(query, shown, assumed, words)
        if shown and part is Part.WHAT_IF
        else None,
        recent_changes=build_forecast_changes(session, series.id, model, versions, today=today)
        if shown and query.as_of is None and part is Part.OUTLOOK
        else None,
        track_record=build_track_record_section(
            session, history, query.ahead, words, past_day=query.as_of
        )
        if part is Part.TRACK_RECORD
        else None,
        revisions=build_revisions_section(versions, words) if part is Part.DATA else None,
        choices=choices(store.all_series(session), query.series, words),
        sources=build_sources_section(
            session, history, versions if part is Part.DATA else [], words
        ),
    )


def _specification(
    session: Session, query: PageQuery, words: Words, today: date, issued: IssuedForecast | None
) -> SeriesSpecification:
    """What the chart of the page is drawn from."""
    asked = {
        "series": query.series,
        "as_of": query.as_of,
        "years": query.years.years,
        "scale": query.scale,
        "lang": words.language,
    }
    if issued is None:
        plain = HistoryChartQuery.model_validate(asked)
        return chart_data.specify_history_chart(session, today, plain, ChartFormat.SVG)
    ahead = ForecastChartQuery.model_validate(asked | {"from": Start.TODAY})
    return chart_data.specify_forecast_chart(session, today, ahead, ChartFormat.SVG, issued)
