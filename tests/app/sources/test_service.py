"""Publishers inside the service: the schedule, GET /sources, and metrics."""

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.config import Settings, UnusableSetting
from app.main import create_app
from app.sources import schedule, store
from app.sources.configured import ClientSettings
from app.sources.fetching import FetchLimits
from app.sources.publishers import PUBLISHERS
from app.sources.schedule import UpdateSchedule
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.app.sources.site import Answer, Site, cbp_page, open_site

pytestmark = pytest.mark.slow

NOW = datetime(2025, 9, 24, 12, tzinfo=UTC)
SOUTHWEST = PUBLISHERS["cbp-southwest"]
FOLDER = Path(__file__).parent / "files"
BODY = gzip.decompress((FOLDER / "sbo-encounters-fy22-fy25-aug.csv.gz").read_bytes())
PATH = "/sites/default/files/2025-09/sbo-encounters-fy22-fy25-aug.csv"


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        page = cbp_page([("FY22 - FY25 (FYTD) - August", PATH)])
        site.serve("/page", Answer(page, etag=True))
        modified = datetime(2025, 9, 19, 20, tzinfo=UTC)
        site.serve(PATH, Answer(BODY, "text/csv", etag=True, modified=modified))
        yield site


@pytest.fixture
def known(database: Database) -> Database:
    with database.writing() as session:
        for key in ("usbp.southwest", "ofo.southwest", "cbp.southwest"):
            make_series(session, key)
    return database


def service(database: Database, **settings: Any) -> TestClient:
    url = database.url.render_as_string(hide_password=False)
    app = create_app(
        Settings(database_url=url, workers=1, refresh=False, **settings), clock=lambda: NOW
    )
    return TestClient(app)


def scheduled(
    database: Database, site: Site, loaded: Callable[[], None], **options: Any
) -> UpdateSchedule:
    return UpdateSchedule(
        database,
        lambda: NOW,
        [SOUTHWEST],
        client=ClientSettings({SOUTHWEST.name: site.address("/page")}, "Bordercast/test", None),
        loaded=loaded,
        limits=FetchLimits(attempts=1),
        first_look_seconds=0,
        **options,
    )


def run_until(happened: Callable[[], object], *schedules: UpdateSchedule) -> None:
    """Run schedules in one loop until something has happened."""

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            done = asyncio.Event()

            async def keep(one: UpdateSchedule) -> None:
                async with one.running():
                    await done.wait()

            for one in schedules:
                group.create_task(keep(one))
            deadline = time.monotonic() + 20
            while not happened() and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.3)  # for whatever should not happen
            done.set()

    asyncio.run(run())
    assert happened()


# The schedule


def test_a_publisher_is_asked_soon_after_the_start_and_forecasts_are_then_refreshed(
    known: Database, site: Site
) -> None:
    refreshed: list[str] = []
    run_until(lambda: refreshed, scheduled(known, site, lambda: refreshed.append("now")))
    with known.reading() as session:
        newest = store.newest_figure(session, "usbp.southwest", "cbp")
        assert newest is not None
        assert newest.value == 6321
        assert store.remembered(session, SOUTHWEST.name).claimed_by is None


def test_of_several_processes_one_asks(known: Database, site: Site) -> None:
    refreshed: list[str] = []
    several = [scheduled(known, site, lambda: refreshed.append("now")) for _ in range(4)]
    run_until(lambda: refreshed, *several)
    assert refreshed == ["now"]
    assert site.statuses("/page") == [200]


def test_a_failure_is_logged_with_what_to_do_and_the_service_goes_on(
    known: Database, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.serve(PATH, Answer(status=403))
    run_until(lambda: caplog.records, scheduled(known, site, lambda: None))
    [record] = [one for one in caplog.records if one.name == schedule.__name__]
    assert record.levelname == "WARNING"
    assert "cbp-southwest: " in record.message
    assert "By hand: open " in record.message


def test_a_service_that_ends_while_it_downloads_gives_the_publisher_free(
    known: Database, site: Site
) -> None:
    site.serve(PATH, Answer(BODY, pieces=50, pause=0.2))
    started = time.monotonic()
    run_until(lambda: site.statuses(PATH), scheduled(known, site, lambda: None))
    assert time.monotonic() - started < 5
    with known.reading() as session:
        assert store.remembered(session, SOUTHWEST.name).claimed_by is None
        assert store.newest_figure(session, "usbp.southwest", "cbp") is None


def test_each_publisher_has_times_of_its_own(known: Database, site: Site) -> None:
    """The scheduler would refuse times that it does not understand."""
    every = UpdateSchedule(
        known,
        lambda: NOW,
        list(PUBLISHERS.values()),
        client=ClientSettings(dict.fromkeys(PUBLISHERS, site.address("/page")), "test", None),
        loaded=lambda: None,
    )
    run_until(lambda: True, every)
    assert site.asked == []  # the first look comes later


def test_the_service_asks_those_that_its_setting_names(known: Database, site: Site) -> None:
    sources = {"cbp_southwest": site.address("/page"), "cbp": site.address("/cbp")}
    with service(known, update="cbp-southwest", source=sources) as client:
        deadline = time.monotonic() + 30
        while not entry(client)["last_new_at"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert entry(client)["newest_period"] == "2025-08"
    assert site.statuses("/cbp") == []


def test_the_service_asks_nobody_by_default(known: Database, site: Site) -> None:
    with service(known, source={"cbp_southwest": site.address("/page")}) as client:
        assert entry(client)["asked_by_service"] is False
    assert site.asked == []


def test_a_setting_that_cannot_be_used_ends_the_start(known: Database) -> None:
    with pytest.raises(UnusableSetting, match="BORDERCAST_UPDATE"):
        service(known, update="everyone")


# GET /sources


def entry(client: TestClient, name: str = "cbp-southwest") -> dict[str, Any]:
    answer = client.get("/sources")
    assert answer.status_code == 200
    return dict(next(one for one in answer.json()["sources"] if one["name"] == name))


def test_sources_say_how_new_each_publishers_figures_are_and_when_more_are_expected(
    known: Database,
) -> None:
    with known.writing() as session:
        for day, period, value in (
            ("2025-06-17", "2025-05", 8725),
            ("2025-07-15", "2025-06", 6072),
            ("2025-08-15", "2025-07", 4598),
            ("2025-09-19", "2025-08", 6321),
        ):
            publish(session, "cbp", day, figure("usbp.southwest", period, value))
    with service(known, update="cbp-southwest") as client:
        assert list(PUBLISHERS) == [one["name"] for one in client.get("/sources").json()["sources"]]
        shown = entry(client)
        assert entry(client, "frontex")["newest_period"] is None
    assert shown == {
        "name": "cbp-southwest",
        "source": "cbp",
        "title": "U.S. Customs and Border Protection, southwest land border encounters",
        "page": "https://www.cbp.gov/document/stats/southwest-land-border-encounters",
        "asked_by_service": True,
        "series": "usbp.southwest",
        "newest_period": "2025-08",
        "newest_value": 6321,
        "newest_published_on": "2025-09-19",
        "last_asked_at": None,
        "last_answered_at": None,
        "last_new_at": None,
        "last_release": None,
        "file": None,
        "next_period": "2025-09",
        "next_expected_on": "2025-10-16",
        "next_expected_from": "2025-10-15",
        "next_expected_to": "2025-10-19",
        "overdue": False,
        "delay_days": {"median": 16, "shortest": 15, "longest": 19, "releases": 4},
        "last_error": None,
        "last_error_kind": None,
        "last_error_at": None,
        "failures": 0,
    }


def test_sources_say_the_last_error(known: Database, site: Site) -> None:
    site.serve("/page", Answer(status=403))
    run_until(lambda: site.asked, scheduled(known, site, lambda: None))
    with service(known) as client:
        shown = entry(client)
    assert shown["last_error_kind"] == "access-denied"
    assert "refuses this client (403 Forbidden)" in shown["last_error"]
    assert shown["last_asked_at"] == shown["last_error_at"] == "2025-09-24T12:00:00Z"
    assert (shown["last_answered_at"], shown["failures"]) == (None, 1)


def test_sources_come_as_a_table_too(known: Database) -> None:
    with service(known) as client:
        lines = client.get("/sources?format=csv").text.splitlines()
    assert lines[0].startswith("name,source,title,page,asked_by_service,series,newest_period")
    assert len(lines) == 1 + len(PUBLISHERS)


# Metrics


def test_metrics_have_the_age_of_the_newest_figure_and_failures(
    known: Database, site: Site
) -> None:
    with known.writing() as session:
        publish(session, "cbp", "2025-09-19", figure("usbp.southwest", "2025-08", 6321))
    site.serve("/page", Answer(status=404))
    run_until(lambda: site.asked, scheduled(known, site, lambda: None))
    with service(known) as client:
        text = client.get("/metrics").text
    labels = 'publisher="cbp-southwest",series="usbp.southwest"'
    assert f"bordercast_newest_figure_age_days{{{labels}}} 24.0" in text
    assert 'bordercast_update_failures_total{publisher="cbp-southwest"} 1.0' in text
    assert 'bordercast_update_failures_total{publisher="ohss"} 0.0' in text


# The page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "newest figure August 2025, published on Sept. 19, 2025"),
        ("es", "última cifra, agosto de 2025, publicada el 19 de septiembre de 2025"),
    ],
)
def test_the_foot_of_the_page_says_how_current_each_publishers_figures_are(
    known: Database, site: Site, language: str, said: str
) -> None:
    site.serve(PATH, Answer(BODY, "text/csv", modified=datetime(2025, 9, 19, 20, tzinfo=UTC)))
    refreshed: list[str] = []
    run_until(lambda: refreshed, scheduled(known, site, lambda: refreshed.append("now")))
    with service(known) as client:
        page = client.get(f"/?series=usbp.southwest&as_of=2025-09-24&lang={language}").text
    foot = " ".join(page[page.index('<footer class="bottom"') :].split())
    assert SOUTHWEST.title in foot
    assert said in foot
    assert '<a href="/sources"' in foot
