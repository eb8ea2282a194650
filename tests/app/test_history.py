"""GET /history: the figures of a series as people ask for them."""

import io

import pandas as pd
from fastapi.testclient import TestClient

SOUTHWEST = {"series": "usbp.southwest"}


def test_the_southwest_border_has_every_month_since_october_1999(client: TestClient) -> None:
    periods = [month["period"] for month in client.get("/history", params=SOUTHWEST).json()["observations"]]
    expected = pd.period_range("1999-10", "2025-08", freq="M").astype(str).tolist()
    assert periods == expected


def test_december_2023_is_what_the_newest_release_says(client: TestClient) -> None:
    asked = SOUTHWEST | {"start": "2023-12", "end": "2023-12"}
    assert client.get("/history", params=asked).json()["observations"] == [
        {
            "period": "2023-12",
            "value": 249_740,
            "status": "A",
            "qualifier": "exact",
            "source": "cbp",
            "published_on": "2025-09-19",
        }
    ]


def test_a_history_opens_in_pandas(client: TestClient) -> None:
    table = pd.read_csv(io.StringIO(client.get("/history", params=SOUTHWEST | {"format": "csv"}).text))
    assert list(table.columns) == ["period", "value", "status", "qualifier", "source", "published_on"]
    assert len(table) == 311
    assert table["value"].dtype == "int64"
