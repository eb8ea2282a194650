"""GET /series: what there is."""

import io
from itertools import groupby
from typing import Any

import pandas as pd
from fastapi.testclient import TestClient

COLUMNS = [
    "key",
    "title",
    "unit",
    "source",
    "border",
    "parent",
    "dimension",
    "first_period",
    "last_period",
    "last_status",
    "first_full_release",
    "year_start",
    "ended",
    "covariate",
    "publisher",
    "license",
    "url",
    "note",
    "official_source",
]
BORDERS = ["us", "eu", "uk", "mexico", "panama"]


def entries(client: TestClient, **asked: str) -> dict[str, dict[str, Any]]:
    response = client.get("/series", params=asked)
    assert response.status_code == 200, response.text
    return {entry["key"]: entry for entry in response.json()["series"]}


def test_every_series_is_listed_by_border_and_key(client: TestClient) -> None:
    listed = list(entries(client).values())
    assert len(listed) == 159
    groups = [
        (border, [entry["key"] for entry in group])
        for border, group in groupby(listed, key=lambda entry: entry["border"])
    ]
    assert [border for border, _ in groups] == BORDERS
    assert all(keys == sorted(keys) for _, keys in groups)


def test_an_entry_says_what_a_reader_needs_to_ask_further(client: TestClient) -> None:
    entry = entries(client)["usbp.southwest"]
    assert entry.pop("note").startswith("Apprehensions under Title 8")
    assert entry == {
        "key": "usbp.southwest",
        "title": "Border Patrol encounters, southwest border",
        "unit": "encounters",
        "source": "cbp",
        "border": "us",
        "parent": "usbp",
        "dimension": "region",
        "first_period": "1999-10",
        "last_period": "2026-08",
        "last_status": "P",
        "first_full_release": "2021-08-01",
        "year_start": 10,
        "ended": False,
        "covariate": False,
        "publisher": "U.S. Customs and Border Protection",
        "license": "Work of the US government, public domain",
        "url": "https://www.cbp.gov/newsroom/stats",
        "official_source": None,
    }


def test_a_series_of_another_border_says_its_unit_year_and_publisher(client: TestClient) -> None:
    entry = entries(client)["uk.small-boats"]
    assert (entry["unit"], entry["border"], entry["year_start"]) == ("people", "uk", 1)
    assert (entry["publisher"], entry["license"]) == (
        "UK Home Office",
        "Open Government Licence v3.0",
    )
    assert (entry["first_period"], entry["last_period"]) == ("2018-01", "2026-07")


def test_covariates_are_marked(client: TestClient) -> None:
    marked = {key for key, entry in entries(client).items() if entry["covariate"]}
    assert marked == {"cbp-one.appointments", "chnv.paroles"}


def test_every_parent_is_listed_too(client: TestClient) -> None:
    listed = entries(client)
    assert {entry["parent"] for entry in listed.values() if entry["parent"]} <= listed.keys()


def test_ended_series_are_marked(client: TestClient) -> None:
    listed = entries(client)
    ended = {key for key, entry in listed.items() if entry["ended"]}
    national = {
        key
        for key, entry in listed.items()
        if entry["parent"] == "usbp" and entry["dimension"] in ("citizenship", "family-status")
    }
    assert len(national) == 23
    assert ended == national | {
        "usbp.northern.livermore",
        "usbp.southwest.title-42",
        "ofo.southwest.title-42",
    }


def test_as_of_a_day_series_end_where_they_ended_then(client: TestClient) -> None:
    southwest = entries(client, as_of="2024-05-16")["usbp.southwest"]
    assert (southwest["last_period"], southwest["last_status"], southwest["source"]) == (
        "2024-04",
        "P",
        "press",
    )


def test_as_of_a_day_before_its_first_release_a_series_has_no_months(client: TestClient) -> None:
    mexico = entries(client, as_of="2024-05-16")["usbp.citizenship.mexico"]
    assert (mexico["first_period"], mexico["last_period"], mexico["source"]) == (None, None, None)
    assert mexico["first_full_release"] == "2025-02-28"


def test_the_list_opens_in_pandas(client: TestClient) -> None:
    table = pd.read_csv(
        io.StringIO(client.get("/series", params={"format": "csv"}).text), index_col="key"
    )
    assert [table.index.name, *table.columns] == COLUMNS
    assert len(table) == 159
    assert table.loc["usbp.southwest.tucson", "parent"] == "usbp.southwest"
    assert table["ended"].sum() == 26


def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/series").headers["etag"]
    assert client.get("/series", headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304


def test_pages_of_any_size_list_every_series_once_in_the_same_order(client: TestClient) -> None:
    everything = client.get("/series").json()
    assert everything["next_cursor"] is None
    listed: list[dict[str, Any]] = []
    address: str | None = "/series?limit=50"
    while address is not None:
        page = client.get(address)
        listed += page.json()["series"]
        table = client.get(address, headers={"Accept": "text/csv"})
        assert table.headers.get("link") == page.headers.get("link")
        address = page.links["next"]["url"] if "next" in page.links else None
    assert listed == everything["series"]


def test_an_unknown_cursor_is_refused(client: TestClient) -> None:
    refused = client.get("/series", params={"cursor": "none"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "cursor"
