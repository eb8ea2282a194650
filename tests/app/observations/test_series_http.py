"""GET /series: what there is."""

import io
from typing import Any

import pandas as pd
from fastapi.testclient import TestClient

COLUMNS = [
    "key",
    "title",
    "unit",
    "source",
    "parent",
    "dimension",
    "first_period",
    "last_period",
    "last_status",
    "first_full_release",
    "ended",
    "note",
]


def entries(client: TestClient, **asked: str) -> dict[str, dict[str, Any]]:
    response = client.get("/series", params=asked)
    assert response.status_code == 200, response.text
    return {entry["key"]: entry for entry in response.json()["series"]}


def test_every_series_is_listed_by_key(client: TestClient) -> None:
    keys = list(entries(client))
    assert len(keys) == 66
    assert keys == sorted(keys)


def test_an_entry_says_what_a_reader_needs_to_ask_further(client: TestClient) -> None:
    entry = entries(client)["usbp.southwest"]
    assert entry.pop("note").startswith("Apprehensions under Title 8")
    assert entry == {
        "key": "usbp.southwest",
        "title": "Border Patrol encounters, southwest border",
        "unit": "encounters",
        "source": "cbp",
        "parent": "usbp",
        "dimension": "region",
        "first_period": "1999-10",
        "last_period": "2025-08",
        "last_status": "P",
        "first_full_release": "2021-08-01",
        "ended": False,
    }


def test_every_parent_is_listed_too(client: TestClient) -> None:
    listed = entries(client)
    assert {entry["parent"] for entry in listed.values() if entry["parent"]} <= listed.keys()


def test_ended_series_are_marked(client: TestClient) -> None:
    ended = {key for key, entry in entries(client).items() if entry["ended"]}
    assert ended == {"usbp.northern.livermore", "usbp.southwest.title-42", "ofo.southwest.title-42"}


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
    assert len(table) == 66
    assert table.loc["usbp.southwest.tucson", "parent"] == "usbp.southwest"
    assert table["ended"].sum() == 3


def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/series").headers["etag"]
    assert client.get("/series", headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304
