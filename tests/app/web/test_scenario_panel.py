"""The panel of an assumed effect shows what POST /scenario answers."""

import json
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.app.web.test_spanish import english

pytestmark = pytest.mark.slow

ASKED = "series=usbp.southwest&effect=-30&effect_from=2027-01&effect_within=1.25"


def test_the_scenario_is_the_one_of_the_listed_call(sqlite_client: TestClient) -> None:
    sqlite_client.get("/forecast?series=usbp.southwest")
    page = sqlite_client.get(f"/?{ASKED}").text
    body = re.search(r'<code id="scenario-body">(.*?)</code>', page)
    assert body is not None
    asked = json.loads(unescape(body[1]))
    assert asked["events"] == [{"period": "2027-01", "percent": -30.0, "uncertainty": 1.25}]
    answer = sqlite_client.post("/scenario", json=asked).json()
    table = re.search(r'<table id="scenario-table">(.*?)</table>', page, re.S)
    assert table is not None
    assert [int(value) for value in re.findall(r'<data value="(\d+)"', table[1])] == [
        number
        for before, after in zip(answer["plain_forecast"], answer["scenario"], strict=True)
        for month in (before, after)
        for number in (
            month["median"],
            month["intervals"][0]["lower"],
            month["intervals"][0]["upper"],
        )
    ]
    for sentence in answer["sentences"]:
        assert sentence in unescape(page)
    assert answer["label"] in page
    assert english(sqlite_client.get(f"/?{ASKED}&lang=es").text) == []


@pytest.mark.parametrize(
    "wrong",
    ["effect=-100", "effect=much", "effect=5&effect_from=2020-01", "effect_like=2020-01-01"],
)
def test_an_effect_that_cannot_be_is_said_with_the_name_of_its_field(
    sqlite_client: TestClient, wrong: str
) -> None:
    answer = sqlite_client.get(f"/?series=usbp.southwest&part=what-if&{wrong}")
    assert answer.status_code == 422
    field = wrong.rsplit("&", maxsplit=1)[-1].split("=", maxsplit=1)[0]
    assert f"is not valid for {field}." in answer.text
