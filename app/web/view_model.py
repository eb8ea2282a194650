"""Everything that a page shows, from the store and the forecast. Templates only arrange it."""

from dataclasses import dataclass
from datetime import date

from app.charts import chart_data
from app.charts.captions import description
from app.charts.events import Event, events_between
from app.charts.lines import HEADLINE_LEVEL, build_lines
from app.charts.schemas import ForecastChartQuery, HistoryChartQuery
from app.charts.specifications import ChartFormat, MonthVersions, SeriesSpecification
from app.evaluation.comparison import ModelRecord, compare_models
from app.evaluation.past_forecasts import PastMonth, RangePosition, get_past_months
from app.evaluation.track_record import TrackRecord, get_track_record
from app.forecasts.lookup import IssuedForecast
from app.forecasts.span import Start, When, is_beyond_reach
from app.forecasts.specification import Specification
from app.forecasts.summary import CentralInterval, ForecastSummary, MonthSummary
from app.languages import Words
from app.observations import queries, store
from app.observations.observation import Observation
from app.observations.queries import MONTHS_BEFORE_OLD, History
from app.observations.revisions import find_revisions
from app.observations.tables import ReleaseRow
from app.sources.status import SourceStatus, source_statuses
from app.storage.database import Session
from app.web import picker, revision_text
from app.web.figure_text import Change, status
from app.web.query import PageQuery
from app.web.revision_text import MONTHS
from app.web.sections.recent_changes import RecentChanges, build_recent_changes
from forecasting import FitWarning, Month

MONTHS_LISTED = 6  # after the current one, in the headline
PAST_MONTHS = 36  # of past forecasts in the table


@dataclass(frozen=True, slots=True)
class Page:
    """One series as known on a day."""

    key: str
    name: str
    unit: str
    note: str | None
    ended: bool
    covariate: bool
    as_of: date
    today: date
    first_day: date | None
    newest: Observation | None
    changes: list[Change]
    largest: Observation | None
    age: int
    forecast: ForecastSummary | None
    beyond_reach: bool
    fit_warnings: tuple[FitWarning, ...]
    computing: bool
    recent_changes: RecentChanges | None
    description: str
    shown: list[Observation]
    later: dict[Month, Observation]
    events: list[Event]
    record: TrackRecord | None
    vintages: list[str]
    past: list[PastMonth]
    models: list[ModelRecord]
    revised: list[MonthVersions]
    revisions: list[str]
    choices: list[picker.BorderChoices]
    tiles: picker.TileMap | None
    sources: list[str]
    releases: list[ReleaseRow]
    publishers: list[SourceStatus]

    @property
    def is_old(self) -> bool:
        return self.age > MONTHS_BEFORE_OLD and not self.ended

    @property
    def replayed(self) -> bool:
        """Whether it shows what was known on a past day."""
        return self.as_of != self.today

    @property
    def ahead(self) -> tuple[MonthSummary, ...]:
        """The months that are not over, the current one first."""
        months = self.forecast.months if self.forecast else ()
        return tuple(month for month in months if month.when is not When.PAST_UNPUBLISHED)

    @property
    def coming(self) -> tuple[MonthSummary, ...]:
        """The months after the first one ahead that the headline lists."""
        return self.ahead[1 : 1 + MONTHS_LISTED]

    @property
    def over(self) -> tuple[MonthSummary, ...]:
        """The months that are over and have no figure yet."""
        months = self.forecast.months if self.forecast else ()
        return tuple(month for month in months if month.when is When.PAST_UNPUBLISHED)

    @property
    def passed(self) -> Observation | None:
        """The largest figure on record, if the last month's range ends above it."""
        if self.largest is None or self.largest.value is None or not self.ahead:
            return None
        return (
            self.largest if headline_interval(self.ahead[-1]).upper > self.largest.value else None
        )

    @property
    def past_inside(self) -> int:
        """The number of figures that fell inside their forecast range."""
        return sum(month.place is RangePosition.INSIDE for month in self.past)

    @property
    def recent_past(self) -> list[PastMonth]:
        """The last of them, newest first."""
        return self.past[: -PAST_MONTHS - 1 : -1]

    @property
    def was_revised(self) -> bool:
        """Whether any of the latest figures ever changed after its first publication."""
        return any(
            version.value != month.first.value
            for month in self.revised
            for version in month.versions
        )


def headline_interval(month: MonthSummary) -> CentralInterval:
    """The interval that the headline gives for a month."""
    return next(interval for interval in month.intervals if interval.level == HEADLINE_LEVEL)


def build_page(
    session: Session,
    query: PageQuery,
    words: Words,
    *,
    today: date,
    issued: IssuedForecast | None,
    computing: bool,
    model: Specification,
) -> Page:
    """Raises what `get_history` raises."""
    history = queries.get_history(session, query.series, today=today, as_of=query.as_of)
    known = store.all_series(session)
    newest = next(
        (figure for figure in reversed(history.observations) if figure.value is not None), None
    )
    beyond_reach = issued is not None and is_beyond_reach(issued.archived.origin, history.as_of)
    if beyond_reach:
        issued = None
    specification = _specification(session, query, words, today, issued) if newest else None
    record = get_track_record(
        session, history.series.id, history.series.key, "auto", as_of=history.as_of
    )
    versions = store.versions(session, history.series.id, as_of=history.as_of)
    months = chart_data.group_latest_versions(versions, MONTHS)
    return Page(
        key=history.series.key,
        name=words.name("series", history.series.key, history.series.title),
        unit=history.series.unit,
        note=history.series.note,
        ended=history.series.ended,
        covariate=history.series.covariate,
        as_of=history.as_of,
        today=today,
        first_day=store.first_full_release(session, history.series.id),
        newest=newest,
        changes=_changes(history, newest),
        largest=max(
            (figure for figure in history.observations if figure.value is not None),
            key=lambda figure: figure.value or 0,
            default=None,
        ),
        age=Month.containing(history.as_of) - newest.period if newest else 0,
        forecast=specification.forecast if specification else None,
        beyond_reach=beyond_reach,
        fit_warnings=issued.archived.warnings if issued else (),
        computing=computing,
        recent_changes=build_recent_changes(session, history.series.id, model, today=today)
        if issued and query.as_of is None
        else None,
        description=description(specification, build_lines(specification, words), words)
        if specification
        else "",
        shown=specification.history if specification else [],
        later={figure.period: figure for figure in specification.later} if specification else {},
        events=_events(specification, words) if specification else [],
        record=record,
        vintages=[
            words(f"track.vintage.{vintage.replace(' ', '_')}", count=words.number(count))
            for vintage, count in (record.vintages if record else {}).items()
        ],
        past=get_past_months(
            session,
            history.series.id,
            "auto",
            query.ahead,
            history.observations,
            as_of=history.as_of,
        ),
        models=_models(session, history, record),
        revised=months[::-1],
        revisions=[
            revision_text.summarize_latest(months, words),
            *filter(
                None,
                (
                    revision_text.summarize_until_final(find_revisions(versions), source, words)
                    for source in sorted({figure.source for figure in versions if figure.official})
                ),
            ),
        ],
        choices=picker.choices(known, query.series, words),
        tiles=picker.tile_map(session, known, query.series, words, today=today, as_of=query.as_of),
        sources=[
            words.name("source", source, source)
            for source in sorted({figure.source for figure in history.observations})
        ],
        releases=sorted(
            store.releases(session, {figure.release for figure in versions}).values(),
            key=lambda release: (release.published_on, release.id),
            reverse=True,
        ),
        publishers=source_statuses(session),
    )


def summary_sentence(page: Page, words: Words) -> str:
    """The page in one or two sentences that a newspaper could print."""
    if page.newest is None or page.newest.value is None:
        return f"{page.name}: {words('value.none')}"
    text = _outlook_sentence(page, words)
    text += words(
        "sentence.latest_after" if text else "sentence.latest",
        series=page.name,
        value=words(f"value.{page.newest.qualifier.value}", value=words.number(page.newest.value)),
        month=words.month(page.newest.period),
        status=status(page.newest, words),
    )
    if changes := list(
        filter(None, (change.in_sentence(words, now=page.newest.period) for change in page.changes))
    ):
        text += words("sentence.changes", changes=words.join(changes))
    text += words("sentence.end")
    if page.is_old:
        text += words("sentence.age", age=words.plural("headline.months_ago", page.age))
    return text


def title(page: Page, words: Words) -> str:
    """The title of the page: the month under way, or the newest figure without a forecast."""
    if page.newest is None or page.newest.value is None:
        return page.name
    if page.ahead:
        first = page.ahead[0]
        text = words(
            "page.title_forecast",
            series=page.name,
            median=words.rounded(first.median),
            month=words.month(first.period),
        )
    else:
        value = words.number(page.newest.value)
        text = words(
            "page.title",
            series=page.name,
            value=words(f"value.{page.newest.qualifier.value}", value=value),
            month=words.month(page.newest.period),
        )
    return f"{text} {_age_note(page, words)}".rstrip()


def preview_title(page: Page, words: Words) -> str:
    """The title in previews: the series, with the age of its figures if they are old."""
    return f"{page.name} {_age_note(page, words)}".rstrip()


def _age_note(page: Page, words: Words) -> str:
    if not page.is_old or page.newest is None:
        return ""
    return words("page.age", month=words.month(page.newest.period))


def _outlook_sentence(page: Page, words: Words) -> str:
    """What is expected in the first month that is not over."""
    if not page.ahead:
        return ""
    first = page.ahead[0]
    interval = headline_interval(first)
    return words(
        "sentence.outlook",
        series=page.name,
        month=words.month(first.period),
        median=words.rounded(first.median),
        lower=words.rounded(interval.lower),
        upper=words.rounded(interval.upper),
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
        return chart_data.history_specification(session, today, plain, ChartFormat.SVG)
    ahead = ForecastChartQuery.model_validate(asked | {"from": Start.TODAY})
    return chart_data.forecast_specification(session, today, ahead, ChartFormat.SVG, issued)


def _changes(history: History, newest: Observation | None) -> list[Change]:
    """The newest figure against the month before and the year before."""
    if newest is None or newest.value is None:
        return []
    known = {figure.period: figure for figure in history.observations}
    before = (known.get(newest.period - months) for months in (1, 12))
    return [
        Change(figure.period, figure.value, newest.value, figure.qualifier)
        for figure in before
        if figure is not None and figure.value is not None
    ]


def _models(session: Session, history: History, record: TrackRecord | None) -> list[ModelRecord]:
    """Every model on what the track record is of: this series, or all together."""
    if record is None:
        return []
    return compare_models(
        session, history.series.id if record.series else None, as_of=history.as_of
    )


def _events(specification: SeriesSpecification, words: Words) -> list[Event]:
    drawn = build_lines(specification, words)
    return events_between(drawn.first.first_day, drawn.last.first_day)
