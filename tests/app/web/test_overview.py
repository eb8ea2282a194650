"""The overview: what it says of each series is what the interface answers."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow

SOUTHWEST = "usbp.southwest"


class _Table(HTMLParser):
    """The cells of the table of series, by key, and how its columns are sorted."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.sorted: list[str | None] = []
        self._row: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr" and given.get("data-series"):
            self._row = self.rows.setdefault(str(given["data-series"]), [])
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")
        elif tag == "th" and "aria-sort" in given:
            self.sorted.append(given["aria-sort"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._row:
            self._row[-1] += data


def read(client: TestClient, **asked: str) -> _Table:
    response = client.get("/", params=asked)
    assert response.status_code == 200, response.text
    table = _Table()
    table.feed(response.text)
    return table


def test_every_border_has_a_headline_about_a_month_that_is_not_over(
    sqlite_client: TestClient,
) -> None:
    sqlite_client.get("/forecast", params={"series": SOUTHWEST, "fresh": "true"})
    page = sqlite_client.get("/").text
    assert page.count('class="border-card"') == 5
    first_number = page.index('class="value"')
    assert "November" in page[first_number : first_number + 200]


def test_a_row_says_what_the_interface_answers(sqlite_client: TestClient) -> None:
    asked: dict[str, str | int] = {"series": SOUTHWEST, "from": "today", "horizon": 4, "level": 80}
    ahead = sqlite_client.get("/forecast", params=asked).json()["forecast"][-1]
    newest = sqlite_client.get("/history", params={"series": SOUTHWEST}).json()["observations"][-1]
    row = read(sqlite_client, search="southwest", kind="region").rows[SOUTHWEST]
    assert row[2].startswith(f"{newest['value']:,}")
    assert row[5].startswith(f"{ahead['median']:,}")
    lower, upper = ahead["intervals"][0]["lower"], ahead["intervals"][0]["upper"]
    assert re.search(rf"{lower:,}\D+{upper:,}", row[5])


def test_a_search_finds_any_word_in_either_language(sqlite_client: TestClient) -> None:
    assert {"usbp.southwest.tucson", "ofo.southwest.tucson"} <= read(
        sqlite_client, search="TUCSON"
    ).rows.keys()
    spanish = read(sqlite_client, search="méxico", lang="es").rows
    assert "mexico.irregular-events" in spanish
    assert read(sqlite_client, search="no-such-place").rows == {}
    listed = sqlite_client.get("/series", params={"search": "tucson", "format": "csv"}).text
    keys = {row["key"] for row in csv.DictReader(io.StringIO(listed))}
    assert keys == read(sqlite_client, search="tucson").rows.keys()


def test_the_table_is_sorted_and_paged(sqlite_client: TestClient) -> None:
    first = read(sqlite_client, sort="-latest")
    values = [int(re.sub(r"\D", "", row[2].split("20")[0]) or 0) for row in first.rows.values()]
    assert first.sorted == ["descending"]
    assert len(values) >= 50
    second = read(sqlite_client, sort="-latest", page="2")
    assert not first.rows.keys() & second.rows.keys()


@pytest.mark.parametrize("measure", ["figure", "change-year", "median", "rise", "surprise"])
def test_the_map_shows_every_measure_in_both_languages(
    sqlite_client: TestClient, measure: str
) -> None:
    for language in ("en", "es"):
        page = sqlite_client.get("/", params={"measure": measure, "lang": language}).text
        assert page.count('class="tile ') == 9


@pytest.mark.parametrize(
    "wrong", [{"page": "0"}, {"sort": "color"}, {"month": "soon"}, {"search": "x" * 201}]
)
def test_a_wrong_parameter_is_named_on_a_page(
    sqlite_client: TestClient, wrong: dict[str, str]
) -> None:
    response = sqlite_client.get("/", params=wrong)
    assert response.status_code == 422
    assert next(iter(wrong)) in response.text
