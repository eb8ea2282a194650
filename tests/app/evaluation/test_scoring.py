"""Scoring live forecasts: what cannot be scored never stops the rest."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select, update

from app.evaluation.scoring import Scorer
from app.evaluation.tables import ScoreRow
from app.forecasts.issuing import issue_forecast
from app.forecasts.specification import Specification
from app.forecasts.tables import ForecastRow
from app.observations.retraction import retract
from app.observations.tables import SeriesRow
from app.storage.backup import backup, restore
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.publishing import figure, make_series, publish
from tests.stores import Stores

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


def counted(database: Database, scorer: Scorer) -> int:
    """How many statements it takes to catch up."""
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    scorer.catch_up()
    event.remove(database.engine, "before_cursor_execute", count)
    return len(statements)


def fill(database: Database, keys: list[str]) -> Scorer:
    """Forecast some series, and let a first look score them; returns who looked."""
    with database.writing() as session:
        for key in keys:
            make_series(session, key)
        figures = [figure(key, str(month), 5000) for key in keys for month in MONTHS]
        publish(session, "cbp", "2024-04-20", *figures)
    for key in keys:
        issue_forecast(database, lambda: on("2024-04-22"), key, SPECIFICATION)
    with database.writing() as session:
        publish(session, "cbp", "2024-05-20", *(figure(key, "2024-04", 5100) for key in keys))
    scorer = Scorer(database, lambda: on("2024-06-22"))
    assert scorer.catch_up() == len(keys)
    return scorer


def scores_of(database: Database) -> dict[str, list[tuple[int, int]]]:
    """The numbers and outcomes of the scores of each series."""
    with database.reading() as session:
        rows = session.execute(
            select(SeriesRow.key, ScoreRow.id, ScoreRow.observed)
            .join(SeriesRow, SeriesRow.id == ScoreRow.series_id)
            .order_by(ScoreRow.id)
        ).all()
    found: dict[str, list[tuple[int, int]]] = {}
    for key, number, observed in rows:
        found.setdefault(key, []).append((number, int(observed)))
    return found


def test_after_a_load_only_its_series_are_gone_through(stores: Stores, migrated_url: str) -> None:
    """However many others there are, it takes as many statements."""
    took = []
    for others in (1, 6):
        database = Database(stores.copy(migrated_url))
        scorer = fill(database, [TUCSON, *(f"made.up-{number}" for number in range(others))])
        before = scores_of(database)
        assert counted(database, scorer) < 10, "nothing is new"
        with database.writing() as session:
            publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-05", 5200))
        took.append(counted(database, scorer))
        after = scores_of(database)
        assert [observed for _, observed in after.pop(TUCSON)] == [5100, 5200]
        before.pop(TUCSON)
        assert after == before, "the scores of the others are the same rows"
        database.close()
    assert took[1] <= took[0]


def test_a_retraction_a_day_and_a_late_forecast_are_seen(database: Database) -> None:
    scorer = fill(database, [TUCSON, YUMA])
    with database.writing() as session:
        restated = publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-04", 5111))
    scorer.catch_up()
    assert [observed for _, observed in scores_of(database)[TUCSON]] == [5111]
    with database.writing() as session:
        retract(session, restated.release, now=on("2024-06-21"))
        publish(session, "cbp", "2024-06-23", figure(YUMA, "2024-05", 5300))
    scorer.catch_up()
    assert [observed for _, observed in scores_of(database)[TUCSON]] == [5100]
    assert [observed for _, observed in scores_of(database)[YUMA]] == [5100]
    scorer._clock = lambda: on("2024-06-23")  # the day on which the release begins to count
    scorer.catch_up()
    assert [observed for _, observed in scores_of(database)[YUMA]] == [5100, 5300]
    issue_forecast(database, lambda: on("2024-04-22"), YUMA, Specification("seasonal-naive", 0))
    assert scorer.catch_up() == 1
    assert [observed for _, observed in scores_of(database)[YUMA]] == [5100, 5300, 5100, 5300]


def test_another_store_in_the_place_of_this_one_is_gone_through_whole(
    database: Database, tmp_path: Path
) -> None:
    scorer = fill(database, [TUCSON, YUMA])
    backup(database, tmp_path / "backup.db")
    with database.writing() as session:
        for day in ("2024-06-20", "2024-06-21"):
            publish(session, "cbp", day, figure(TUCSON, "2024-05", int(day[-2:])))
    scorer.catch_up()
    restore(database, tmp_path / "backup.db", replace=True)
    with database.writing() as session:
        publish(session, "cbp", "2024-06-20", figure(YUMA, "2024-05", 5400))
    scorer.catch_up()
    assert [observed for _, observed in scores_of(database)[YUMA]] == [5100, 5400]
    assert [observed for _, observed in scores_of(database)[TUCSON]] == [5100]
