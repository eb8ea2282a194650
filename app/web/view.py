"""Everything that a page shows, read from the store and the forecast; templates only arrange it."""

from dataclasses import dataclass
from datetime import date

from app.charts import gathering
from app.charts.describing import description
from app.charts.events import Event, events_between
from app.charts.lines import TOLD, lines
from app.charts.orders import MonthVersions, Picture, SeriesOrder
from app.charts.schemas import ForecastChartQuery, HistoryChartQuery
from app.database import Session
from app.evaluation.comparing import ModelRecord, comparison
from app.evaluation.past import PastMonth, Place, past_months
from app.evaluation.track_record import TrackRecord, track_record
from app.forecasts.issuing import Issued
from app.forecasts.schemas import ForecastAnswer, ForecastMonth, Interval
from app.languages import Words
from app.observations import reading, store
from app.observations.figures import Figure
from app.observations.reading import MONTHS_BEFORE_OLD, History
from app.observations.revisions import revisions
from app.observations.schemas import Observation
from app.observations.tables import ReleaseRow
from app.web import picker, revised
from app.web.figures import Change, status
from app.web.query import PageQuery
from app.web.revised import MONTHS
from forecasting import Month

PAST_MONTHS = 36  # of past forecasts in the table


@dataclass(frozen=True, slots=True)
class Page:
    """One series as known on a day."""

    key: str
    name: str
    unit: str
    note: str | None
    ended: bool
    as_of: date
    today: date
    first_day: date | None
    newest: Figure | None
    changes: list[Change]
    largest: Figure | None
    age: int
    forecast: ForecastAnswer | None
    fit_warnings: list[str]
    computing: bool
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
    choices: dict[str, list[picker.Choice]]
    tiles: picker.TileMap | None
    sources: list[str]
    releases: list[ReleaseRow]

    @property
    def is_old(self) -> bool:
        return self.age > MONTHS_BEFORE_OLD and not self.ended

    @property
    def replayed(self) -> bool:
        """Whether it shows what was known on a past day."""
        return self.as_of != self.today

    @property
    def ahead(self) -> list[ForecastMonth]:
        return self.forecast.forecast if self.forecast else []

    @property
    def passed(self) -> Figure | None:
        """The largest figure on record, where the last month's range ends above it."""
        if self.largest is None or self.largest.value is None or not self.ahead:
            return None
        return self.largest if told(self.ahead[-1]).upper > self.largest.value else None

    @property
    def past_inside(self) -> int:
        """How many figures came inside the range that had been forecast for them."""
        return sum(month.place is Place.INSIDE for month in self.past)

    @property
    def recent_past(self) -> list[PastMonth]:
        """The last of them, newest first."""
        return self.past[: -PAST_MONTHS - 1 : -1]

    @property
    def was_revised(self) -> bool:
        """Whether any of the latest figures was ever given another value than at first."""
        return any(version.value != month.first.value for month in self.revised for version in month.versions)


def told(month: ForecastMonth) -> Interval:
    """The interval of a month that readers are told first."""
    return next(interval for interval in month.intervals if interval.level == TOLD)


def page(
    session: Session,
    query: PageQuery,
    words: Words,
    *,
    today: date,
    issued: Issued | None,
    computing: bool,
) -> Page:
    """Raises what `reading.history` raises."""
    history = reading.history(session, query.series, today=today, as_of=query.as_of)
    known = store.all_series(session)
    newest = next((figure for figure in reversed(history.figures) if figure.value is not None), None)
    order = _order(session, query, words, today, issued) if newest else None
    record = track_record(session, history.series.id, history.series.key, "auto", as_of=history.as_of)
    versions = store.versions(session, history.series.id, as_of=history.as_of)
    months = gathering.latest_versions(session, history.series.id, as_of=history.as_of, months=MONTHS)
    return Page(
        key=history.series.key,
        name=words.name("series", history.series.key, history.series.title),
        unit=history.series.unit,
        note=history.series.note,
        ended=history.series.ended,
        as_of=history.as_of,
        today=today,
        first_day=store.first_full_release(session, history.series.id),
        newest=newest,
        changes=_changes(history, newest),
        largest=max(
            (figure for figure in history.figures if figure.value is not None),
            key=lambda figure: figure.value or 0,
            default=None,
        ),
        age=Month.containing(history.as_of) - newest.period if newest else 0,
        forecast=order.forecast if order else None,
        fit_warnings=list(issued.archived.warnings) if issued else [],
        computing=computing,
        description=description(order, lines(order, words), words) if order else "",
        shown=order.history.observations if order else [],
        later={entry.period: entry for entry in order.later.observations} if order and order.later else {},
        events=_events(order, words) if order else [],
        record=record,
        vintages=[
            words(f"track.vintage.{vintage.replace(' ', '_')}", count=words.number(count))
            for vintage, count in (record.vintages if record else {}).items()
        ],
        past=past_months(
            session, history.series.id, "auto", query.ahead, history.figures, as_of=history.as_of
        ),
        models=_models(session, history, record),
        revised=months[::-1],
        revisions=[
            revised.summary(months, words),
            *filter(
                None,
                (
                    revised.until_final(revisions(versions), source, words)
                    for source in sorted({figure.source for figure in versions if figure.official})
                ),
            ),
        ],
        choices=picker.choices(known, query.series, words),
        tiles=picker.tile_map(session, known, query.series, words, today=today, as_of=query.as_of),
        sources=[
            words.name("source", source, source)
            for source in sorted({figure.source for figure in history.figures})
        ],
        releases=sorted(
            store.releases(session, {figure.release for figure in versions}).values(),
            key=lambda release: (release.published_on, release.id),
            reverse=True,
        ),
    )


def sentence(page: Page, words: Words) -> str:
    """The page in one or two sentences that a newspaper could print."""
    if page.newest is None or page.newest.value is None:
        return f"{page.name}: {words('said.none')}"
    text = words(
        "sentence.latest",
        series=page.name,
        value=words(f"said.{page.newest.qualifier.value}", value=words.number(page.newest.value)),
        month=words.month(page.newest.period),
        status=status(page.newest, words),
    )
    if changes := list(filter(None, (change.in_sentence(words) for change in page.changes))):
        text += words("sentence.changes", changes=words.listed(changes))
    text += words("sentence.end")
    if page.ahead:
        interval = told(page.ahead[0])
        text += words(
            "sentence.forecast",
            month=words.month(page.ahead[0].period),
            median=words.rounded(page.ahead[0].median),
            lower=words.rounded(interval.lower),
            upper=words.rounded(interval.upper),
        )
    return text


def _order(
    session: Session, query: PageQuery, words: Words, today: date, issued: Issued | None
) -> SeriesOrder:
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
        return gathering.history_order(session, today, plain, Picture.SVG)
    ahead = ForecastChartQuery.model_validate(asked)
    return gathering.forecast_order(session, today, ahead, Picture.SVG, issued)


def _changes(history: History, newest: Figure | None) -> list[Change]:
    """The newest figure against the month before and the year before."""
    if newest is None or newest.value is None:
        return []
    known = {figure.period: figure for figure in history.figures}
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
    return comparison(session, history.series.id if record.series else None, as_of=history.as_of)


def _events(order: SeriesOrder, words: Words) -> list[Event]:
    drawn = lines(order, words)
    return events_between(drawn.first.first_day, drawn.last.first_day)
