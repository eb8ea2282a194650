"""The reporter's box: sentences in both languages that say what the interface answers."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.app.web.test_spanish import english

pytestmark = pytest.mark.slow

ASKED = "series=usbp.southwest&reported=8,400&reported_month=2026-09"


def quoted(page: str, language: str) -> str:
    found = re.search(rf'<blockquote id="report-{language}" lang="{language}"[^>]*>(.*?)</', page)
    assert found is not None
    return unescape(found[1])


def test_the_sentences_say_what_the_interface_answers(sqlite_client: TestClient) -> None:
    asked = {
        "series": "usbp.southwest",
        "period": "2026-09",
        "value": "8400",
        "qualifier": "about",
        "reporter": "press",
    }
    answer = sqlite_client.get("/forecast/reported-figure", params=asked).json()
    page = sqlite_client.get(f"/?{ASKED}").text
    english, spanish = quoted(page, "en"), quoted(page, "es")
    for text in (english, spanish):
        for said in (
            f"{answer['rank']}",
            f"{answer['months']}",
            f"{answer['since']['value']:,}",
            f"{answer['newest']['value']:,}",
        ):
            assert said in text
    assert "about 8,400 in September 2026, according to press reports" in english
    assert f"chance of about {100 * answer['percentile']:.0f}%" in english
    assert "unos 8,400 en septiembre de 2026, según la prensa" in spanish
    outlook = re.search(r'<table id="reported-outlook">(.*?)</table>', page, re.S)
    assert outlook is not None
    assert [int(value) for value in re.findall(r'<data value="(\d+)"', outlook[1])] == [
        one[when][end]
        for one in answer["outlook"]
        for when in ("before", "after")
        for end in ("median", "lower", "upper")
    ]


def test_the_boxes_are_spanish_on_the_spanish_page(sqlite_client: TestClient) -> None:
    for asked in (ASKED, "series=usbp.southwest&number=9000&share=5"):
        assert english(sqlite_client.get(f"/?{asked}&lang=es").text) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [("reported=soon", "reported"), ("reported=1&reported_month=2026-01", "reported_month")],
)
def test_what_cannot_be_a_new_figure_is_said_with_the_name_of_its_field(
    sqlite_client: TestClient, wrong: str, field: str
) -> None:
    answer = sqlite_client.get(f"/?series=usbp.southwest&{wrong}")
    assert answer.status_code == 422
    assert f"is not valid for {field}" in answer.text
