"""The file of each publisher that sends a workbook, from its page into the record.

The bodies are excerpts of the publishers' own files.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.observations import store as observations
from app.sources.fetching import FetchLimits, open_fetcher
from app.sources.outcome import DayBasis, LoadedFile, Outcome, ReleaseDay, Result
from app.sources.publishers import PUBLISHERS
from app.sources.updating import Updater
from app.storage.database import Database
from tests.app.observations.publishing import make_series
from tests.app.sources.site import Answer, Site, frontex_page, gov_uk_page, ohss_page, open_site

EXCERPTS = Path(__file__).parents[1] / "observations" / "readers" / "excerpts"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FRONTEX = "/assets/Migratory_routes/2025/Monthly_detections_of_IBC_2025_06_03.xlsx"
HOME_OFFICE = "/media/6a87/21_August_2026_Small_boats_-_time_series.ods"
OHSS = (
    "/sites/default/files/2024-12/2024_1206_ohss_immigration-enforcement-and-legal-processes-"
    "tables-august-2024.xlsx"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


def ask(database: Database, site: Site, name: str) -> Outcome:
    async def update() -> Outcome:
        async with open_fetcher(limits=FetchLimits(attempts=1)) as fetcher:
            pages = {name: site.address("/page")}
            return await Updater(database, lambda: NOW, fetcher, pages=pages).update(
                PUBLISHERS[name]
            )

    return asyncio.run(update())


def loaded(outcome: Outcome) -> LoadedFile:
    assert outcome.loaded is not None
    return outcome.loaded


def know(database: Database, *keys: str) -> None:
    with database.writing() as session:
        for key in keys:
            make_series(session, key)


def history(database: Database, key: str) -> dict[str, int | None]:
    with database.reading() as session:
        series = observations.find_series(session, key)
        assert series is not None
        return {str(one.period): one.value for one in observations.history(session, series.id)}


def test_frontexs_workbook_comes_with_the_day_of_the_file(database: Database, site: Site) -> None:
    know(database, "frontex", "frontex.western-balkan")
    site.serve("/page", Answer(frontex_page([FRONTEX])))
    body = (EXCERPTS / "frontex.xlsx").read_bytes()
    site.serve(FRONTEX, Answer(body, modified=datetime(2025, 6, 4, 9, tzinfo=UTC)))
    outcome = ask(database, site, "frontex")
    assert outcome.result is Result.NEW, outcome.sentences()
    assert loaded(outcome).day == ReleaseDay(date(2025, 6, 4), DayBasis.FILE)
    assert max(history(database, "frontex")) == "2025-04"


def test_the_home_offices_workbook_comes_with_the_day_of_its_page_and_whole_months(
    database: Database, site: Site
) -> None:
    know(database, "uk.small-boats")
    site.serve("/page", Answer(gov_uk_page([site.address(HOME_OFFICE)])))
    site.serve(HOME_OFFICE, Answer((EXCERPTS / "home_office.ods").read_bytes()))
    outcome = ask(database, site, "home-office")
    assert outcome.result is Result.NEW, outcome.sentences()
    assert (loaded(outcome).day.day, loaded(outcome).day.basis) == (
        date(2026, 8, 21),
        DayBasis.PAGE,
    )
    assert history(database, "uk.small-boats") == {
        "2026-05": 2726,
        "2026-06": 2742,
        "2026-07": 2316,
    }


def test_the_monthly_tables_of_ohss_come_with_the_day_of_their_page(
    database: Database, site: Site
) -> None:
    know(database, "ofo.southwest", "usbp.southwest")
    site.serve("/page", Answer(ohss_page([("August 2024", OHSS)])))
    site.serve(OHSS, Answer((EXCERPTS / "ohss_tables.xlsx").read_bytes()))
    outcome = ask(database, site, "ohss")
    assert outcome.result is Result.NEW, outcome.sentences()
    assert (loaded(outcome).day.day, loaded(outcome).day.basis) == (
        date(2025, 2, 20),
        DayBasis.PAGE,
    )
    assert str(loaded(outcome).newest) == "2024-08"


@pytest.mark.parametrize(
    ("name", "page", "path", "excerpt"),
    [
        ("frontex", frontex_page([FRONTEX]), FRONTEX, "frontex.xlsx"),
        ("home-office", gov_uk_page([HOME_OFFICE]), HOME_OFFICE, "home_office.ods"),
        ("ohss", ohss_page([("August 2024", OHSS)]), OHSS, "ohss_tables.xlsx"),
    ],
)
def test_a_workbook_that_was_cut_is_refused(
    database: Database, site: Site, name: str, page: bytes, path: str, excerpt: str
) -> None:
    know(database, "frontex", "uk.small-boats", "ofo.southwest")
    whole = (EXCERPTS / excerpt).read_bytes()
    site.serve("/page", Answer(page))
    site.serve(path, Answer(whole[: len(whole) * 3 // 4]))
    outcome = ask(database, site, name)
    assert outcome.result is Result.FAILED
    assert outcome.failure is not None
    assert outcome.failure.kind == "not-the-file"
    assert "it is damaged or cut" in str(outcome.failure)


def test_a_workbook_of_another_type_is_refused(database: Database, site: Site) -> None:
    know(database, "uk.small-boats")
    site.serve("/page", Answer(gov_uk_page([HOME_OFFICE])))
    site.serve(HOME_OFFICE, Answer((EXCERPTS / "frontex.xlsx").read_bytes()))
    outcome = ask(database, site, "home-office")
    assert "it is a workbook of another type" in str(outcome.failure)
