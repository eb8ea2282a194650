"""The planner's box shows what the interface answers, and keeps what else was asked."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow

ASKED = "series=usbp.southwest&number=12,000&run=2&side=above&share=5&stay=3&risk=20&total=calendar"
FROM_TODAY = {"series": "usbp.southwest", "from": "today"}


def box(page: str, name: str) -> str:
    found = re.search(rf'<div class="box" id="{name}">(.*?)\n</div>', page, re.S)
    assert found is not None
    return found[1]


def values(html: str, table: str) -> list[float]:
    found = re.search(rf'<table id="{table}">(.*?)</table>', html, re.S)
    assert found is not None
    return [float(value) for value in re.findall(r'<data value="([^"]+)"', found[1])]


def test_every_number_of_the_box_is_the_interfaces(sqlite_client: TestClient) -> None:
    sqlite_client.get("/forecast", params=FROM_TODAY)
    page = sqlite_client.get(f"/?{ASKED}").text
    threshold = sqlite_client.get(
        "/forecast/threshold", params=FROM_TODAY | {"above": 12000, "for": 2}
    ).json()
    assert values(box(page, "chance"), "chances") == [
        number
        for month in threshold["months"]
        for number in (month["probability"], month["probability_by_then"])
    ]
    beds = sqlite_client.get(
        "/forecast/capacity",
        params=FROM_TODAY | {"share": 5, "stay": 3, "risk": 20, "horizon": 6},
    ).json()
    assert values(box(page, "beds"), "bed-table") == [
        number
        for month in beds["months"]
        for number in (month["people"], month["beds"], month["median_beds"])
    ]
    total = sqlite_client.get(
        "/forecast/fiscal-year",
        params={"series": "usbp.southwest", "year": 2026, "year_start": 1, "level": 80},
    ).json()
    said = [float(value) for value in re.findall(r'<data value="([^"]+)"', box(page, "total"))]
    interval = total["intervals"][0]
    assert said[:3] == [total["median"], interval["lower"], interval["upper"]]
    assert total["comparisons"][0]["probability"] in said


def test_the_number_is_drawn_and_the_tables_can_be_taken_along(sqlite_client: TestClient) -> None:
    page = sqlite_client.get(f"/?{ASKED}").text
    picture = re.search(r'<img src="(/charts/forecast.svg[^"]*)"', page)
    assert picture is not None
    assert "above=12000" in picture[1]
    assert "more than 12,000" in sqlite_client.get(unescape(picture[1])).text
    for link in re.findall(r'href="(/forecast/[a-z]+\.csv[^"]*)"', page):
        assert sqlite_client.get(unescape(link)).headers["content-type"].startswith("text/csv")


def test_what_was_asked_elsewhere_on_the_page_stays(sqlite_client: TestClient) -> None:
    form = box(sqlite_client.get(f"/?{ASKED}").text, "chance")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert hidden == {
        "series": "usbp.southwest",
        "total": "calendar",
        "share": "5.0",
        "stay": "3.0",
        "risk": "20",
    }


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("wrong", ["number=many", "risk=0", "cost_missing=5", "stay=-1"])
def test_a_wrong_field_is_named_in_the_language_of_the_page(
    sqlite_client: TestClient, wrong: str, lang: str
) -> None:
    answer = sqlite_client.get(f"/?series=usbp.southwest&{wrong}&lang={lang}")
    assert answer.status_code == 422
    assert ("is not valid for" if lang == "en" else "no es válido para") in answer.text
