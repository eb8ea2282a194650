"""Every row of the store that is exported, read a few at a time."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.evaluation.tables import ScoreRow
from app.export.columns import Rows
from app.forecasts.encoding import decode_marginals
from app.forecasts.tables import ForecastRow
from app.observations import store
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow
from forecasting.scores import HUB_LEVELS

ROWS_AT_ONCE = 5000  # held in memory
FORECASTS_AT_ONCE = 50  # of some 50 kB each


def series_rows(session: Session) -> Rows:
    """The series, by key."""
    parent = aliased(SeriesRow)
    yield from _stream(
        session,
        select(
            SeriesRow.key,
            SeriesRow.title,
            SeriesRow.unit,
            parent.key,
            SeriesRow.dimension,
            SeriesRow.border,
            SeriesRow.year_start,
            SeriesRow.ended,
            SeriesRow.covariate,
            SeriesRow.first_full_release,
            SeriesRow.note,
            SeriesRow.official_source,
        )
        .outerjoin(parent, parent.id == SeriesRow.parent_id)
        .order_by(SeriesRow.key),
    )


def release_rows(session: Session) -> Rows:
    """The releases, in the order in which they were recorded."""
    yield from _stream(
        session,
        select(
            ReleaseRow.id,
            ReleaseRow.source,
            ReleaseRow.title,
            ReleaseRow.published_on,
            ReleaseRow.url,
            ReleaseRow.note,
            ReleaseRow.checksum,
            ReleaseRow.recorded_at,
            ReleaseRow.recorded_by,
            ReleaseRow.retracted_at,
        ).order_by(ReleaseRow.id),
    )


def history_rows(session: Session) -> Rows:
    """The current figure of every month, by series and month."""
    for series_id, key in _series(session):
        for figure in store.history(session, series_id):
            yield (
                key,
                figure.period,
                figure.value,
                figure.status.value,
                figure.qualifier.value,
                figure.source,
                figure.published_on,
            )


def observation_rows(session: Session) -> Rows:
    """Every published figure, by series, month, and release."""
    for series_id, key in _series(session):
        statement = (
            select(
                ObservationRow.period,
                ObservationRow.release_id,
                ObservationRow.value,
                ObservationRow.status,
                ObservationRow.qualifier,
                ObservationRow.rounding_unit,
                ObservationRow.published_on,
                ObservationRow.note,
            )
            .where(ObservationRow.series_id == series_id)
            .order_by(ObservationRow.period, ObservationRow.release_id)
        )
        for row in _stream(session, statement):
            yield key, *row


def forecast_rows(session: Session) -> Rows:
    """The archived forecasts, by series and number."""
    for series_id, key in _series(session):
        statement = (
            select(
                ForecastRow.id,
                ForecastRow.model,
                ForecastRow.origin,
                ForecastRow.issued_at,
                ForecastRow.live,
                ForecastRow.data_version,
                ForecastRow.provisional_share,
            )
            .where(ForecastRow.series_id == series_id)
            .order_by(ForecastRow.id)
        )
        for number, *rest in _stream(session, statement):
            yield number, key, *rest


def forecast_month_rows(session: Session) -> Rows:
    """Mean and quantiles of every month of every archived forecast."""
    statement = select(ForecastRow.id, ForecastRow.origin, ForecastRow.quantiles).order_by(
        ForecastRow.id
    )
    for number, origin, stored in _stream(session, statement, at_once=FORECASTS_AT_ONCE):
        marginals = decode_marginals(stored)
        quantiles = marginals.quantiles(HUB_LEVELS).astype(int).tolist()
        means = marginals.mean.astype(int).tolist()
        for horizon, (mean, values) in enumerate(zip(means, quantiles, strict=True), start=1):
            yield number, horizon, origin + horizon, mean, *values


def score_rows(session: Session) -> Rows:
    """The scores of past forecasts, by series and number."""
    for series_id, key in _series(session):
        statement = (
            select(
                ScoreRow.id,
                ScoreRow.model,
                ScoreRow.forecast_id,
                ScoreRow.vintage,
                ScoreRow.origin,
                ScoreRow.horizon,
                ScoreRow.target,
                ScoreRow.observed,
                ScoreRow.wis,
                ScoreRow.log_wis,
                ScoreRow.crps,
                ScoreRow.pit,
                ScoreRow.scaled_error,
                ScoreRow.baseline_wis,
                ScoreRow.baseline_log_wis,
                ScoreRow.baseline_crps,
                ScoreRow.covered_50,
                ScoreRow.covered_80,
                ScoreRow.covered_95,
                ScoreRow.median,
                ScoreRow.lower_80,
                ScoreRow.upper_80,
            )
            .where(ScoreRow.series_id == series_id)
            .order_by(ScoreRow.id)
        )
        for number, *rest in _stream(session, statement):
            yield number, key, *rest


def _series(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(select(SeriesRow.id, SeriesRow.key).order_by(SeriesRow.key))
    return [(row.id, row.key) for row in rows]


def _stream(
    session: Session, statement: Select[*tuple[Any, ...]], *, at_once: int | None = None
) -> Iterator[Any]:
    yield from session.execute(statement, execution_options={"yield_per": at_once or ROWS_AT_ONCE})
