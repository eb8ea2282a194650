"""The page begins at today: the current month, the next ones, those that are over, the figure."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

CURRENT = "2026-11"
MUCH_LATER = NOW + timedelta(days=200)  # no figure is younger than four months then


def issue(client: TestClient, series: str, **asked: str) -> None:
    """Have the forecast in the archive; the page does not wait for long."""
    assert client.get("/forecast", params={"series": series} | asked).status_code == 200


@pytest.fixture
def much_later(stores: Stores, loaded_url: str) -> Iterator[TestClient]:
    """The service on the bundled record, when its figures are old."""
    url = stores.copy(loaded_url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: MUCH_LATER)) as client:
        yield client
    stores.drop(url)


def headline(client: TestClient, asked: str = "?series=usbp.southwest") -> str:
    found = re.search(r'<section class="headline".*?</section>', client.get(f"/{asked}").text, re.S)
    assert found is not None
    return found[0]


def test_the_first_number_is_about_a_month_that_is_not_over(sqlite_client: TestClient) -> None:
    asked = {"series": "usbp.southwest", "from": "today", "horizon": "7"}
    months = sqlite_client.get("/forecast", params=asked).json()["forecast"]
    text = headline(sqlite_client)
    assert months[0]["period"] == CURRENT
    assert re.findall(r'<data value="(\d+)"', text)[0] == str(months[0]["median"])
    assert "for November 2026, under way" in text
    words_only = re.sub(r"<[^>]+>", "", text)
    assert not re.search(r"\d", words_only[: words_only.index("about")])
    listed = re.findall(r'<time datetime="([^"]+)"', text[text.index('id="coming"') :])
    assert listed[:6] == [month["period"] for month in months[1:]]


def test_months_that_are_over_come_after_those_ahead_and_before_the_figure(
    sqlite_client: TestClient,
) -> None:
    issue(sqlite_client, "usbp.southwest")
    text = headline(sqlite_client)
    over = text[text.index('id="over"') : text.index('id="latest-value"')]
    listed = re.findall(r'<time datetime="([^"]+)"', over)
    last = sqlite_client.get("/forecast?series=usbp.southwest").json()["origin"]
    assert last < listed[0]
    assert listed[-1] == "2026-10"
    assert text.index('id="coming"') < text.index('id="over"')


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "its ranges are wide"), ("es", "sus rangos son amplios")]
)
def test_old_figures_say_what_that_means_and_how_to_update(
    much_later: TestClient, lang: str, said: str
) -> None:
    issue(much_later, "usbp.southwest")
    text = headline(much_later, f"?series=usbp.southwest&lang={lang}")
    for part in (said, "<code>bordercast update</code>", "<code>BORDERCAST_UPDATE</code>"):
        assert part in text


def test_titles_and_previews_carry_the_age_of_old_figures(much_later: TestClient) -> None:
    issue(much_later, "usbp.southwest")
    text = much_later.get("/?series=usbp.southwest").text
    for pattern in (r"<title>(.*?)</title>", r'og:title" content="(.*?)"'):
        found = re.search(pattern, text)
        assert found is not None
        assert "(figures through " in found[1]
    preview = re.search(r'og:description" content="(.*?)"', text)
    assert preview is not None
    assert re.search(r"That figure is \d+ months old\.", preview[1])


def test_on_a_past_day_the_month_under_way_is_that_of_the_day(sqlite_client: TestClient) -> None:
    issue(sqlite_client, "usbp.southwest", as_of="2024-05-16")
    text = headline(sqlite_client, "?as_of=2024-05-16")
    assert "for May 2024, under way" in text
    assert 'id="age"' not in text
    assert 'id="over"' not in text
    assert "bordercast update" not in text


def test_the_chart_and_its_table_count_from_the_current_month(sqlite_client: TestClient) -> None:
    issue(sqlite_client, "usbp.southwest")
    text = sqlite_client.get("/?series=usbp.southwest").text
    assert re.search(r'src="/charts/forecast\.svg\?[^"]*from=today', text)
    table = re.search(r'<table id="forecast">.*?</table>', text, re.S)
    assert table is not None
    months = re.findall(r'<time datetime="([^"]+)"', table[0])
    assert (months[0], months[-1], len(months)) == (CURRENT, "2027-10", 12)


def test_an_ended_series_shows_its_figure_and_no_forecast(sqlite_client: TestClient) -> None:
    text = headline(sqlite_client, "?series=usbp.southwest.title-42")
    assert 'id="latest-value"' in text
    assert 'id="next-value"' not in text


def test_without_an_earlier_forecast_nothing_is_said_to_have_changed(
    sqlite_client: TestClient,
) -> None:
    assert "What changed since last time" not in sqlite_client.get("/?series=usbp.southwest").text


@pytest.mark.parametrize(
    ("lang", "moved", "figures"),
    [
        (
            "en",
            "Forecast for November 2026: now about ",
            ["The figure for November 2025 was restated from 1,011 to 1,500.", "New figure"],
        ),
        (
            "es",
            "Pronóstico para noviembre de 2026: ahora unos ",
            ["La cifra de noviembre de 2025 se revisó de 1,011 a 1,500.", "Cifra nueva"],
        ),
    ],
)
def test_after_a_new_figure_the_page_says_what_changed(
    stores: Stores, migrated_url: str, lang: str, moved: str, figures: list[str]
) -> None:
    url, moments = stores.copy(migrated_url), [NOW]
    database = Database(url)
    with database.writing() as session:
        make_series(session, "a.border")
        months = [figure("a.border", f"2025-{month:02}", 1000 + month) for month in range(1, 13)]
        publish(session, "cbp", "2026-01-15", *months)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: moments[-1])) as client:
        issue(client, "a.border", fresh="true")
        with database.writing() as session:
            publish(
                session,
                "cbp",
                "2026-02-15",
                figure("a.border", "2025-11", 1500),
                figure("a.border", "2026-01", 3000),
                recorded_at=NOW + timedelta(minutes=30),
            )
        moments.append(NOW + timedelta(hours=1))
        issue(client, "a.border", fresh="true")
        page = client.get("/", params={"series": "a.border", "lang": lang}).text
    database.close()
    stores.drop(url)
    block = re.search(r'<section class="since".*?</section>', page, re.S)
    assert block is not None
    text = re.sub(r"<[^>]+>", "", block[0])
    for said in (moved, *figures):
        assert said in text
