"""GET /forecast: the coming months, with intervals."""

import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.observations import store
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

SOUTHWEST = {"series": "usbp.southwest"}
MAY_2024 = SOUTHWEST | {"as_of": "2024-05-16"}


def forecast(client: TestClient, asked: dict[str, Any]) -> dict[str, Any]:
    response = client.get("/forecast", params=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_twelve_consecutive_months_follow_the_newest_figure(client: TestClient) -> None:
    answer = forecast(client, SOUTHWEST | {"horizon": 12})
    assert answer["origin"] == "2026-08"
    assert [month["period"] for month in answer["forecast"]] == [
        "2026-09",
        "2026-10",
        "2026-11",
        "2026-12",
        "2027-01",
        "2027-02",
        "2027-03",
        "2027-04",
        "2027-05",
        "2027-06",
        "2027-07",
        "2027-08",
    ]


def test_intervals_of_50_80_and_95_percent_are_given_and_nested(client: TestClient) -> None:
    for month in forecast(client, SOUTHWEST)["forecast"]:
        assert [interval["level"] for interval in month["intervals"]] == [50, 80, 95]
        narrow, wide, widest = month["intervals"]
        ends = [widest["lower"], wide["lower"], narrow["lower"], month["median"]]
        ends += [narrow["upper"], wide["upper"], widest["upper"]]
        assert ends == sorted(ends)
        assert widest["lower"] < month["median"] < widest["upper"]


def test_counts_are_integers(client: TestClient) -> None:
    for month in forecast(client, SOUTHWEST)["forecast"]:
        counts = [
            month["mean"],
            month["median"],
            *(i[end] for i in month["intervals"] for end in ("lower", "upper")),
        ]
        assert {type(count) for count in counts} == {int}
        assert min(counts) >= 0


def test_uncertainty_grows_with_the_months_ahead(client: TestClient) -> None:
    months = forecast(client, SOUTHWEST | {"level": 80})["forecast"]
    widths = [month["intervals"][0]["upper"] / month["intervals"][0]["lower"] for month in months]
    assert widths[0] < widths[11]


@pytest.mark.parametrize("horizon", [1, 2, 36])
def test_as_many_months_are_forecast_as_asked_for(client: TestClient, horizon: int) -> None:
    longest = forecast(client, SOUTHWEST | {"horizon": 36})["forecast"]
    assert len(longest) == 36
    assert forecast(client, SOUTHWEST | {"horizon": horizon})["forecast"] == longest[:horizon]


def test_levels_can_be_repeated_and_come_once_each_from_the_narrowest(client: TestClient) -> None:
    (month,) = forecast(client, SOUTHWEST | {"horizon": 1, "level": [99, 1, 80, 80]})["forecast"]
    assert [interval["level"] for interval in month["intervals"]] == [1, 80, 99]


def test_as_of_may_2024_the_forecast_starts_after_april(client: TestClient) -> None:
    answer = forecast(client, MAY_2024)
    assert (answer["as_of"], answer["origin"]) == ("2024-05-16", "2024-04")
    assert answer["forecast"][0]["period"] == "2024-05"


def test_as_of_may_2024_the_figures_used_are_those_known_then(client: TestClient) -> None:
    provisional = forecast(client, MAY_2024)["provisional"]
    assert [month["period"] for month in provisional] == [
        "2023-10",
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
        "2024-03",
        "2024-04",
    ]
    assert provisional[-1] == {
        "period": "2024-04",
        "value": 128_900,
        "status": "P",
        "qualifier": "about",
        "source": "press",
        "published_on": "2024-05-15",
    }
    assert max(month["published_on"] for month in provisional) <= "2024-05-16"


def test_the_newspaper_figure_changes_the_outlook_of_that_day(client: TestClient) -> None:
    """On 7 May 2024 about 129,000 were expected for April.

    The day before, March was the newest month.
    """
    before = forecast(client, SOUTHWEST | {"as_of": "2024-05-06"})
    after = forecast(client, SOUTHWEST | {"as_of": "2024-05-07"})
    assert (before["origin"], after["origin"]) == ("2024-03", "2024-04")
    assert before["data_version"] != after["data_version"]


@pytest.fixture
def planted(stores: Stores, loaded_url: str) -> Iterator[TestClient]:
    """The service on a record that was falsified on 17 May 2024."""
    url = stores.copy(loaded_url)
    database = Database(url)
    with database.writing() as session:
        absurd = [figure("usbp.southwest", f"2024-0{month}", 7_000_000) for month in range(1, 6)]
        publish(session, "cbp", "2024-05-17", *absurd)
    database.close()
    with TestClient(create_app(Settings(database_url=url, workers=1), clock=lambda: NOW)) as client:
        yield client
    stores.drop(url)


def test_a_figure_published_a_day_later_changes_nothing(
    client: TestClient, planted: TestClient
) -> None:
    assert forecast(planted, MAY_2024) == forecast(client, MAY_2024)
    assert forecast(planted, SOUTHWEST | {"as_of": "2024-05-17"})["origin"] == "2024-05"


def test_both_databases_give_the_same_forecast(
    client: TestClient, sqlite_client: TestClient
) -> None:
    assert (
        client.get("/forecast", params=SOUTHWEST).content
        == sqlite_client.get("/forecast", params=SOUTHWEST).content
    )


def test_a_forecast_is_made_once_and_then_given_again(client: TestClient) -> None:
    assert (
        client.get("/forecast", params=SOUTHWEST).content
        == client.get("/forecast", params=SOUTHWEST).content
    )


@pytest.mark.parametrize("model", ["log-random-walk", "seasonal-naive"])
def test_a_model_can_be_asked_for_by_name(client: TestClient, model: str) -> None:
    answer = forecast(client, SOUTHWEST | {"model": model})
    assert answer["model"] == model
    assert answer["forecast"] != forecast(client, SOUTHWEST)["forecast"]


def test_a_series_with_gaps_is_forecast(client: TestClient) -> None:
    """No figure of Laredo's field office for September 2024 is at hand."""
    answer = forecast(client, {"series": "ofo.southwest.laredo", "model": "log-random-walk"})
    assert (answer["origin"], answer["forecast"][0]["period"]) == ("2026-08", "2026-09")


def test_a_small_series_with_zeros_is_forecast(client: TestClient) -> None:
    answer = forecast(
        client, {"series": "usbp.coastal.ramey", "model": "log-random-walk", "level": 95}
    )
    assert min(month["intervals"][0]["lower"] for month in answer["forecast"]) >= 0


def test_a_forecast_from_old_figures_says_how_old_they_are(client: TestClient) -> None:
    families = {"series": "usbp.southwest.family-units", "model": "log-random-walk"}
    assert (
        "The newest figure is for 2025-08, 15 months before 2026-11."
        in forecast(client, families)["warnings"]
    )


def test_a_forecast_says_what_it_was_made_from_and_when(client: TestClient) -> None:
    answer = forecast(client, SOUTHWEST)
    assert answer["series"] == "usbp.southwest"
    assert answer["unit"] == "encounters"
    assert answer["as_of"] == "2026-11-24"
    assert answer["issued_at"] == "2026-11-24T12:00:00Z"
    assert answer["model"] == "auto"
    assert len(answer["data_version"]) == 64
    assert answer["stale"] is False
    assert {"provisional_share", "track_record"} <= answer.keys()


def test_a_forecast_opens_in_pandas_one_row_a_month(client: TestClient) -> None:
    table = pd.read_csv(
        io.StringIO(client.get("/forecast", params=SOUTHWEST | {"format": "csv"}).text)
    )
    assert list(table.columns) == [
        "period",
        "mean",
        "median",
        "lower_50",
        "upper_50",
        "lower_80",
        "upper_80",
        "lower_95",
        "upper_95",
    ]
    assert len(table) == 12
    assert set(table.dtypes[1:].astype(str)) == {"int64"}
    first = forecast(client, SOUTHWEST)["forecast"][0]
    assert table.iloc[0]["period"] == first["period"]
    assert table.iloc[0]["lower_95"] == first["intervals"][2]["lower"]


def test_csv_can_be_asked_for_by_accept(client: TestClient) -> None:
    by_header = client.get("/forecast", params=SOUTHWEST, headers={"Accept": "text/csv"})
    assert (
        by_header.content == client.get("/forecast", params=SOUTHWEST | {"format": "csv"}).content
    )


def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/forecast", params=SOUTHWEST)
    assert first.headers["last-modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    for name, value in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        again = client.get("/forecast", params=SOUTHWEST, headers={name: first.headers[value]})
        assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        "/forecast", params=MAY_2024, headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200


def test_a_page_from_anywhere_may_read_it(client: TestClient) -> None:
    response = client.get("/forecast", params=SOUTHWEST, headers={"Origin": "https://example.org"})
    assert response.headers["access-control-allow-origin"] == "*"


def test_long_answers_are_compressed_where_the_caller_can_read_it(client: TestClient) -> None:
    assert (
        client.get("/forecast", params=SOUTHWEST, headers={"Accept-Encoding": "gzip"}).headers[
            "content-encoding"
        ]
        == "gzip"
    )


@pytest.mark.parametrize(
    "key", ["usbp.northern.livermore", "usbp.southwest.title-42", "ofo.southwest.title-42"]
)
def test_a_series_that_has_ended_is_not_forecast(client: TestClient, key: str) -> None:
    response = client.get("/forecast", params={"series": key})
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/series-has-ended"
    assert response.json()["errors"][0]["parameter"] == "series"
    assert f"/history?series={key}" in response.json()["detail"]


@pytest.mark.parametrize("key", ["ofo", "usbp.southwest.citizenship.mexico"])
def test_a_bundled_series_with_fewer_than_24_figures_is_shown_and_not_forecast(
    client: TestClient, key: str
) -> None:
    refused = client.get("/forecast", params={"series": key})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-short-history")
    assert refused.json()["errors"][0]["expected"] == "the key of a series with 24 figures or more"
    assert client.get("/history", params={"series": key}).status_code == 200
    assert client.get("/", params={"series": key}).status_code == 200


@pytest.mark.parametrize("key", ["cbp-one.appointments", "chnv.paroles"])
def test_a_covariate_is_shown_and_not_forecast(client: TestClient, key: str) -> None:
    refused = client.get("/forecast", params={"series": key})
    assert (refused.status_code, refused.json()["type"]) == (
        422,
        "/problems/covariate-not-forecast",
    )
    assert client.get("/history", params={"series": key}).status_code == 200
    page = client.get("/", params={"series": key})
    assert "it explains encounters, and Bordercast does not forecast it" in page.text


@pytest.mark.parametrize("key", ["usbp.citizenship.venezuela", "usbp.family-units"])
def test_national_parts_have_ended_and_their_notes_say_when(client: TestClient, key: str) -> None:
    refused = client.get("/forecast", params={"series": key})
    assert refused.json()["type"] == "/problems/series-has-ended"
    assert "The record ends in November 2024" in client.get("/", params={"series": key}).text


@pytest.mark.parametrize(
    ("key", "origin", "unit"),
    [
        ("frontex.western-balkan", "2025-04", "detections"),
        ("uk.small-boats", "2026-07", "people"),
        ("mexico.irregular-events", "2025-04", "events"),
        ("panama.darien-transits", "2025-04", "transits"),
    ],
)
def test_series_of_other_borders_are_forecast_in_their_units(
    client: TestClient, key: str, origin: str, unit: str
) -> None:
    answer = forecast(client, {"series": key, "model": "log-random-walk"})
    assert (answer["origin"], answer["unit"]) == (origin, unit)


def test_a_series_of_two_figures_is_too_short_and_of_three_is_not(
    stores: Stores, loaded_url: str
) -> None:
    url = stores.copy(loaded_url)
    database = Database(url)
    key = "usbp.southwest.new-sector"
    with database.writing() as session:
        series = make_series(session, key)
        publish(
            session, "cbp", "2026-10-20", figure(key, "2026-08", 900), figure(key, "2026-09", 1_000)
        )
    with TestClient(create_app(Settings(database_url=url, workers=1), clock=lambda: NOW)) as client:
        short = client.get("/forecast", params={"series": key, "model": "log-random-walk"})
        with database.writing() as session:
            publish(session, "cbp", "2026-11-20", figure(key, "2026-10", 1_100))
            assert len(store.history(session, series)) == 3
        enough = client.get("/forecast", params={"series": key, "model": "log-random-walk"})
    database.close()
    stores.drop(url)
    assert short.status_code == 422
    assert short.json()["type"] == "/problems/too-short-history"
    assert short.json()["errors"] == [
        {
            "parameter": "series",
            "given": key,
            "expected": "the key of a series with 3 figures or more",
        }
    ]
    assert enough.status_code == 200, enough.text


def test_a_new_release_makes_a_new_forecast_and_the_last_one_serves_until_it_is_ready(
    stores: Stores, loaded_url: str
) -> None:
    url = stores.copy(loaded_url)
    database = Database(url)
    asked = SOUTHWEST | {"model": "log-random-walk"}
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        before = forecast(client, asked)
        with database.writing() as session:
            publish(session, "press", "2026-11-20", figure("usbp.southwest", "2026-09", 8_386))
        meanwhile = forecast(client, asked)
        after = forecast(client, asked | {"fresh": "true"})
    database.close()
    stores.drop(url)
    assert (before["origin"], before["stale"]) == ("2026-08", False)
    assert (meanwhile["origin"], meanwhile["stale"]) == ("2026-08", True)
    assert (after["origin"], after["stale"]) == ("2026-09", False)
