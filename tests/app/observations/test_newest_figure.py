"""A series goes as far as its counts: months that are missing or withdrawn are not its newest."""

from datetime import date

from app.observations import queries, store
from app.observations.retraction import retract
from app.sources.store import newest_figure
from app.storage.database import Database, Session
from forecasting import Month, months_between
from tests.app.observations.publishing import RECORDED_AT, figure, make_series, publish

TUCSON = "usbp.southwest.tucson"
MONTHS = months_between(Month.parse("2023-01"), Month.parse("2023-12"))
TODAY = date(2024, 5, 20)


def span(session: Session) -> tuple[str, str, str]:
    """First and last month of the series, and the month that its history ends with."""
    [summary] = store.summaries(session, as_of=TODAY)
    assert summary.latest is not None
    history = queries.get_history(session, TUCSON, today=TODAY)
    return str(summary.first_period), str(summary.latest.period), str(history.last)


def publish_year(session: Session) -> None:
    make_series(session, TUCSON)
    publish(session, "cbp", "2024-01-20", *(figure(TUCSON, str(month), 500) for month in MONTHS))


def test_a_month_that_is_missing_is_not_the_newest(database: Database) -> None:
    with database.writing() as session:
        publish_year(session)
        missing = [figure(TUCSON, month, None) for month in ("2024-01", "2024-02", "2022-12")]
        publish(session, "cbp", "2024-03-20", *missing)
    with database.reading() as session:
        assert span(session) == ("2023-01", "2023-12", "2023-12")
        history = queries.get_history(session, TUCSON, today=TODAY)
        assert history.warnings == ["The newest figure is for 2023-12, 5 months before 2024-05."]
        recent = store.recent_observations(session, months=2, as_of=TODAY)
        counted = [one.value for one in next(iter(recent.values())) if one.value is not None]
        assert counted == [500, 500]
        found = newest_figure(session, TUCSON, "cbp")
        assert found is not None
        assert (str(found.period), found.value) == ("2023-12", 500)


def test_a_figure_that_its_source_withdrew_is_not_the_newest(database: Database) -> None:
    with database.writing() as session:
        publish_year(session)
        publish(session, "cbp", "2024-02-20", figure(TUCSON, "2024-01", 600))
        withdrawn = [figure(TUCSON, month, None) for month in ("2024-01", "2023-01")]
        withdrawal = publish(session, "cbp", "2024-03-20", *withdrawn)
    with database.reading() as session:
        assert span(session) == ("2023-02", "2023-12", "2023-12")
        found = newest_figure(session, TUCSON, "cbp")
        assert found is not None
        assert str(found.period) == "2023-12"
        before = store.summaries(session, as_of=date(2024, 3, 19))[0].latest
        assert before is not None
        assert str(before.period) == "2024-01", "it was the newest until it was withdrawn"
    with database.writing() as session:
        retract(session, withdrawal.release, now=RECORDED_AT)
    with database.reading() as session:
        assert span(session) == ("2023-01", "2024-01", "2024-01")


def test_a_figure_that_another_source_still_gives_is_the_newest(database: Database) -> None:
    with database.writing() as session:
        publish_year(session)
        publish(session, "press", "2024-02-10", figure(TUCSON, "2024-01", 600, "about"))
        publish(session, "cbp", "2024-02-20", figure(TUCSON, "2024-01", 610))
        publish(session, "cbp", "2024-03-20", figure(TUCSON, "2024-01", None))
    with database.reading() as session:
        assert span(session) == ("2023-01", "2024-01", "2024-01")


def test_a_figure_that_is_published_again_is_the_newest(database: Database) -> None:
    with database.writing() as session:
        publish_year(session)
        publish(session, "cbp", "2024-02-20", figure(TUCSON, "2024-01", None))
        publish(session, "cbp", "2024-02-20", figure(TUCSON, "2024-01", 620))
    with database.reading() as session:
        assert span(session) == ("2023-01", "2024-01", "2024-01")
