"""GET /history: the figures of a series as people ask for them."""

import io
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

SOUTHWEST = {"series": "usbp.southwest"}
AGE = "The newest figure is for 2025-08, 15 months before 2026-11."


def observations(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    response = client.get("/history", params=SOUTHWEST | asked)
    assert response.status_code == 200, response.text
    return list(response.json()["observations"])


def test_the_southwest_border_has_every_month_since_october_1999(client: TestClient) -> None:
    periods = [month["period"] for month in observations(client)]
    assert periods == pd.period_range("1999-10", "2026-08", freq="M").astype(str).tolist()


def test_december_2023_is_what_the_newest_release_says(client: TestClient) -> None:
    assert observations(client, start="2023-12", end="2023-12") == [
        {
            "period": "2023-12",
            "value": 249_740,
            "status": "A",
            "qualifier": "exact",
            "source": "cbp",
            "published_on": "2025-09-19",
        }
    ]


def test_the_answer_says_what_is_counted_and_as_of_when(client: TestClient) -> None:
    answer = client.get("/history", params=SOUTHWEST).json()
    assert answer["series"] == "usbp.southwest"
    assert answer["unit"] == "encounters"
    assert answer["as_of"] == "2026-11-24"


def test_april_2024_is_provisional_before_the_release_and_final_after(client: TestClient) -> None:
    def april(as_of: str) -> tuple[Any, ...]:
        (month,) = observations(client, start="2024-04", end="2024-04", as_of=as_of)
        return tuple(
            month[name] for name in ("value", "status", "qualifier", "source", "published_on")
        )

    assert april("2024-05-07") == (129_000, "U", "about", "press", "2024-05-07")
    assert april("2024-05-16") == (128_900, "P", "about", "press", "2024-05-15")
    assert april("2024-10-22") == (128_895, "A", "exact", "cbp", "2024-10-22")


def test_as_of_a_day_nothing_published_later_is_told(client: TestClient) -> None:
    months = observations(client, as_of="2024-05-16")
    assert months[-1]["period"] == "2024-04"
    assert max(month["published_on"] for month in months) <= "2024-05-16"


def test_an_instant_counts_as_its_day_in_utc(client: TestClient) -> None:
    late_in_new_york = client.get(
        "/history", params=SOUTHWEST | {"as_of": "2024-05-14T21:00:00-04:00"}
    )
    assert late_in_new_york.json()["as_of"] == "2024-05-15"
    unescaped = client.get("/history?series=usbp.southwest&as_of=2024-05-15T01:00:00+02:00")
    assert unescaped.json()["as_of"] == "2024-05-14"


def test_start_and_end_are_both_included(client: TestClient) -> None:
    periods = [month["period"] for month in observations(client, start="2023-11", end="2024-01")]
    assert periods == ["2023-11", "2023-12", "2024-01"]


def test_the_first_release_of_a_month_is_told_on_demand(client: TestClient) -> None:
    asked = {"start": "2023-12", "end": "2023-12"}
    (first,) = observations(client, first_release="true", **asked)
    assert (first["value"], first["published_on"]) == (249_785, "2024-01-26")


def test_a_history_opens_in_pandas(client: TestClient) -> None:
    table = pd.read_csv(
        io.StringIO(client.get("/history", params=SOUTHWEST | {"format": "csv"}).text)
    )
    assert list(table.columns) == [
        "period",
        "value",
        "status",
        "qualifier",
        "source",
        "published_on",
    ]
    assert len(table) == 323
    assert table["value"].dtype == "int64"
    assert table.set_index("period").loc["2023-12", "value"] == 249_740


def test_the_table_holds_the_same_as_the_document(client: TestClient) -> None:
    table = pd.read_csv(
        io.StringIO(client.get("/history", params=SOUTHWEST | {"format": "csv"}).text)
    )
    assert table.to_dict("records") == observations(client)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv, application/json;q=0.5", "text/csv; charset=utf-8"),
        ("application/json, text/csv", "application/json"),
        ("*/*", "application/json"),
        ("text/csv;q=0, application/json", "application/json"),
    ],
)
def test_the_form_follows_what_is_accepted(
    client: TestClient, accept: str, media_type: str
) -> None:
    response = client.get("/history", params=SOUTHWEST, headers={"Accept": accept})
    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"]


def test_format_has_the_last_word_over_what_is_accepted(client: TestClient) -> None:
    response = client.get(
        "/history", params=SOUTHWEST | {"format": "json"}, headers={"Accept": "text/csv"}
    )
    assert response.headers["content-type"] == "application/json"


def test_old_figures_say_how_old_they_are_whatever_months_are_asked_for(client: TestClient) -> None:
    families = {"series": "usbp.southwest.family-units"}
    for asked in ({}, {"end": "2000-01"}, {"start": "2026-01"}):
        assert client.get("/history", params=families | asked).json()["warnings"] == [AGE]


def test_recent_figures_say_nothing_of_their_age(client: TestClient) -> None:
    for asked in ({}, {"as_of": "2024-05-16"}):
        assert client.get("/history", params=SOUTHWEST | asked).json()["warnings"] == []


def test_an_ended_series_keeps_its_history_and_says_when_it_ended(client: TestClient) -> None:
    answer = client.get(
        "/history", params={"series": "usbp.northern.livermore", "end": "2000-01"}
    ).json()
    assert answer["warnings"] == ["The series ended in 2004-12."]
    assert len(answer["observations"]) == 4


def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/history", params=SOUTHWEST)
    for name, value in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        again = client.get("/history", params=SOUTHWEST, headers={name: first.headers[value]})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]


def test_a_copy_of_other_months_or_of_another_form_is_sent_again(client: TestClient) -> None:
    tag = client.get("/history", params=SOUTHWEST).headers["etag"]
    for changed in ({"start": "2020-01"}, {"format": "csv"}, {"as_of": "2024-05-16"}):
        asked = SOUTHWEST | changed
        assert (
            client.get("/history", params=asked, headers={"If-None-Match": tag}).status_code == 200
        )


def test_a_history_is_last_modified_when_the_store_learned_of_the_newest_release(
    client: TestClient,
) -> None:
    modified = client.get("/history", params=SOUTHWEST).headers["last-modified"]
    assert modified == "Tue, 24 Nov 2026 12:00:00 GMT"


def test_a_page_from_anywhere_may_read_and_revalidate(client: TestClient) -> None:
    origin = {"Origin": "https://example.org"}
    response = client.get("/history", params=SOUTHWEST, headers=origin)
    assert response.headers["access-control-allow-origin"] == "*"
    assert {"ETag", "Last-Modified"} <= set(
        response.headers["access-control-expose-headers"].split(", ")
    )
    asking = origin | {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    assert client.options("/history", headers=asking).status_code == 200


def test_long_answers_are_compressed_where_the_caller_can_read_it(client: TestClient) -> None:
    packed = client.get("/history", params=SOUTHWEST, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    plain = client.get("/history", params=SOUTHWEST, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
