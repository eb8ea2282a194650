"""What charts are drawn from, read from the store."""

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from itertools import groupby

from app.charts.schemas import (
    ChartQuery,
    ForecastChartQuery,
    HistoryChartQuery,
    PastForecastsChartQuery,
    VintagesChartQuery,
)
from app.charts.specifications import (
    ChartFormat,
    MonthVersions,
    PastForecastsSpecification,
    SeriesSpecification,
    ThresholdLine,
    TrackRecordSpecification,
    VintagesSpecification,
)
from app.errors import Fault, Problem, TooShortHistory
from app.evaluation.past_forecasts import get_past_months
from app.evaluation.track_record import get_track_record
from app.forecasts.encoding import decode_paths
from app.forecasts.lookup import IssuedForecast, load_paths
from app.forecasts.span import ForecastSpan, choose_span
from app.forecasts.summary import summarize_forecast
from app.forecasts.thresholds import threshold_probabilities
from app.languages import words
from app.observations import queries, store
from app.observations.current import choose_current
from app.observations.observation import Observation
from app.observations.queries import History
from app.observations.tables import SeriesRow
from app.storage.database import Session
from forecasting import Month
from forecasting.distribution import SamplePaths

LEVELS = (50, 80, 95)  # percent of the ranges that a fan has


class NotScored(Problem):
    """No forecast of this series or of another one has a score yet.

    Try again after new figures are published.
    """

    status = HTTPStatus.NOT_FOUND
    title = "Nothing scored yet"


def specify_history_chart(
    session: Session, today: date, query: HistoryChartQuery, form: ChartFormat
) -> SeriesSpecification:
    """A series' history.

    Raises what `get_history` raises, and TooShortHistory where there is none.
    """
    known = queries.get_history(session, query.series, today=today, as_of=query.as_of)
    if known.last is None:
        raise _nothing(query.series)
    return SeriesSpecification(
        title=title_of(known.series, query.lang),
        unit=known.series.unit,
        as_of=known.as_of,
        history=_shown(known, query, known.last),
        forecast=None,
        later=[],
        look=query.look(form, scale=query.scale),
    )


def specify_forecast_chart(
    session: Session,
    today: date,
    query: ForecastChartQuery,
    form: ChartFormat,
    issued: IssuedForecast,
) -> SeriesSpecification:
    """A series' history and forecast; for a past forecast, also what was published later."""
    history, origin = issued.inputs.history, issued.archived.origin
    horizon = choose_span(origin, query.horizon, query.start, history.as_of).last
    later: list[Observation] = []
    if query.as_of is not None and query.as_of < today:
        found = queries.get_history(
            session, query.series, today=today, start=origin + 1, end=origin + horizon
        )
        later = found.observations
    return SeriesSpecification(
        title=title_of(history.series, query.lang),
        unit=history.series.unit,
        as_of=history.as_of,
        history=_shown(history, query, origin),
        forecast=summarize_forecast(issued, ForecastSpan(origin, 1, horizon), LEVELS),
        later=later,
        look=query.look(form, scale=query.scale),
        threshold=_threshold_line(session, issued, query),
    )


def _threshold_line(
    session: Session, issued: IssuedForecast, query: ForecastChartQuery
) -> ThresholdLine | None:
    """The number that is asked for, with its probabilities in the months shown."""
    if (asked := query.threshold) is None:
        return None
    span = choose_span(
        issued.archived.origin, query.horizon, query.start, issued.inputs.history.as_of
    )
    paths = decode_paths(load_paths(session, issued))
    found = threshold_probabilities(SamplePaths(paths[:, span.columns]), asked)
    return ThresholdLine(
        asked.number, asked.side, tuple(zip(span.months, map(float, found.in_month), strict=True))
    )


def specify_vintages_chart(
    session: Session, today: date, query: VintagesChartQuery, form: ChartFormat
) -> VintagesSpecification:
    """Every version of the latest months' figures. Raises as `specify_history_chart` does."""
    series = queries.require_series(session, query.series)
    day = queries.resolve_as_of(query.as_of, today)
    months = versions_of_latest_months(session, series.id, as_of=day, months=query.months)
    if not any(month.percent is not None for month in months):
        raise _nothing(query.series)
    return VintagesSpecification(title_of(series, query.lang), day, months, query.look(form))


def specify_track_record_chart(
    session: Session, today: date, query: ChartQuery, form: ChartFormat
) -> TrackRecordSpecification:
    """The track record as known on a day. Raises UnknownSeries and NotScored."""
    series = queries.require_series(session, query.series)
    day = queries.resolve_as_of(query.as_of, today)
    record = get_track_record(session, series.id, series.key, "auto", as_of=query.as_of)
    if record is None:
        raise NotScored(
            "No forecast has a score yet. The figures for the forecast months must be "
            "published first."
        )
    title = title_of(series, query.lang) if record.series else words(query.lang)("track.all_series")
    return TrackRecordSpecification(title, day, record, replace(query.look(form), low=True))


def specify_past_forecasts_chart(
    session: Session, today: date, query: PastForecastsChartQuery, form: ChartFormat
) -> PastForecastsSpecification:
    """What had been forecast for each month, beside its figure as known on a day.

    Raises what `get_history` raises, and NotScored where no forecast of the series has a figure
    yet.
    """
    known = queries.get_history(session, query.series, today=today, as_of=query.as_of)
    months = get_past_months(
        session, known.series.id, query.model, query.ahead, known.observations, as_of=known.as_of
    )
    if not months:
        raise NotScored(
            f"No forecast of {query.series} by {query.model}, made {query.ahead} months "
            "ahead, has both a stored range and a published figure. GET "
            "/evaluation/forecasts lists all past forecasts."
        )
    drawn = [month for month in months if month.period > months[-1].period - 12 * query.years]
    return PastForecastsSpecification(
        title_of(known.series, query.lang),
        known.series.unit,
        sorted({figure.source for figure in known.observations}),
        known.as_of,
        query.model,
        query.ahead,
        drawn,
        query.look(form, scale=query.scale),
    )


def versions_of_latest_months(
    session: Session, series_id: int, *, as_of: date, months: int
) -> list[MonthVersions]:
    """The latest months' figures with every version, oldest month first."""
    return group_versions_of_latest_months(store.versions(session, series_id, as_of=as_of), months)


def group_versions_of_latest_months(
    versions: list[Observation], months: int
) -> list[MonthVersions]:
    """Of all versions of a series, those of the latest months, oldest month first."""
    found = sorted(
        versions,
        key=lambda figure: (figure.period, figure.published_on, figure.release),
    )
    if not found:
        return []
    first = found[-1].period - months + 1
    return [
        _month_versions(list(figures))
        for period, figures in groupby(found, key=lambda figure: figure.period)
        if period >= first
    ]


def title_of(series: SeriesRow, language: str) -> str:
    return words(language).name("series", series.key, series.title)


def _shown(history: History, query: HistoryChartQuery, last: Month) -> list[Observation]:
    first = last - 12 * query.years + 1
    return [figure for figure in history.observations if first <= figure.period <= last]


def _nothing(key: str) -> TooShortHistory:
    return TooShortHistory(
        f"{key} has no figure that was known on that day.",
        faults=[Fault("series", key, "the key of a series with figures")],
    )


def _month_versions(figures: list[Observation]) -> MonthVersions:
    chosen = choose_current(figures)
    assert chosen is not None, "one of some figures is current"
    return MonthVersions(figures, chosen)
