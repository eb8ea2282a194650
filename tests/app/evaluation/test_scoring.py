"""Scoring live forecasts: what cannot be scored never stops the rest."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select, update

from app.evaluation.scoring import Scorer
from app.evaluation.tables import ScoreRow
from app.forecasts.issuing import issue_forecast
from app.forecasts.specification import Specification
from app.forecasts.tables import ForecastRow
from app.observations.retraction import retract
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.publishing import figure, make_series, publish

TUCSON, YUMA = "usbp.southwest.tucson", "usbp.southwest.yuma"
SPECIFICATION = Specification("log-random-walk", 0)
MONTHS = months_between(Month.parse("2023-01"), Month.parse("2024-03"))


def on(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def forecast_both(database: Database) -> int:
    """Forecast two series from figures through March 2024; returns the release of the first."""
    with database.writing() as session:
        make_series(session, TUCSON)
        make_series(session, YUMA)
        of_tucson = publish(
            session, "cbp", "2024-04-20", *(figure(TUCSON, str(month), 5000) for month in MONTHS)
        )
        publish(session, "cbp", "2024-04-21", *(figure(YUMA, str(month), 900) for month in MONTHS))
    for key in (TUCSON, YUMA):
        issue_forecast(database, lambda: on("2024-04-22"), key, SPECIFICATION)
    with database.writing() as session:
        publish(
            session,
            "cbp",
            "2024-05-20",
            figure(TUCSON, "2024-04", 5100),
            figure(YUMA, "2024-04", 950),
        )
    return of_tucson.release


def scored(database: Database) -> list[int]:
    """The outcomes that forecasts were scored against."""
    with database.reading() as session:
        return [int(value) for value in session.scalars(select(ScoreRow.observed))]


def test_a_forecast_whose_figures_were_all_retracted_has_no_score_and_stops_no_other(
    database: Database,
) -> None:
    release = forecast_both(database)
    with database.writing() as session:
        retract(session, release, now=on("2024-05-21"))
    scorer = Scorer(database, lambda: on("2024-05-22"))
    scorer.catch_up()
    assert scored(database) == [950]


def test_a_forecast_that_cannot_be_read_stops_no_other(database: Database) -> None:
    forecast_both(database)
    with database.writing() as session:
        first = select(func.min(ForecastRow.id)).scalar_subquery()
        session.execute(update(ForecastRow).where(ForecastRow.id == first).values(paths=b"damaged"))
    scorer = Scorer(database, lambda: on("2024-05-22"))
    assert scorer.catch_up() == 1
    assert scored(database) == [950]
