"""GET /revisions: how far figures moved in a month, in a year, and by their year's close-out."""

import io
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.config import BUNDLED_RECORD
from tests.app.client import ServiceClient, said

WINTER, LATE_WINTER, SUMMER = "2023-01", "2023-02", "2023-06"
PUBLISHED: dict[str, dict[str, int | None]] = {
    "2023-02-15": {WINTER: 1000},
    "2023-03-15": {WINTER: 1010, LATE_WINTER: 500},
    "2023-07-15": {SUMMER: 2000},
    "2023-08-15": {WINTER: 1030, LATE_WINTER: 495, SUMMER: 1990},
    "2023-10-20": {WINTER: 1020, LATE_WINTER: 500, SUMMER: 2000},
    "2024-06-15": {WINTER: 990, SUMMER: 2040},
    "2024-07-15": {"2024-05": 7},
}
DURING, AFTER = "Title 42", "after Title 42"
BY_HAND = [
    (WINTER, "cbp", DURING, "1 month", 1000, 1010, 1.0),
    (WINTER, "cbp", DURING, "1 year", 1000, 1020, 2.0),
    (WINTER, "cbp", DURING, "close-out", 1000, 1020, 2.0),
    (LATE_WINTER, "cbp", DURING, "1 month", 500, 500, 0.0),
    (LATE_WINTER, "cbp", DURING, "1 year", 500, 500, 0.0),
    (LATE_WINTER, "cbp", DURING, "close-out", 500, 500, 0.0),
    (SUMMER, "cbp", AFTER, "1 month", 2000, 1990, -0.5),
    (SUMMER, "cbp", AFTER, "1 year", 2000, 2040, 2.0),
    (SUMMER, "cbp", AFTER, "close-out", 2000, 2000, 0.0),
]


def ask(client: TestClient, series: str, **asked: Any) -> dict[str, Any]:
    answer = client.get("/revisions", params={"series": series} | asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def rows(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(figure.values()) for figure in answer["figures"]]


@pytest.fixture(scope="module")
def published(loader: ServiceClient) -> str:
    """A series with the releases above."""
    series = loader.new_series()
    for day, figures in PUBLISHED.items():
        loader.load("cbp", day, *(said(series, period, value) for period, value in figures.items()))
    return series


def test_each_figure_is_compared_with_its_first_value_at_each_age(
    loader: ServiceClient, published: str
) -> None:
    assert rows(ask(loader.client, published)) == BY_HAND


def test_the_summary_tells_size_and_direction_by_source_era_and_age(
    loader: ServiceClient, published: str
) -> None:
    first = ask(loader.client, published)["revisions"][0]
    assert first == {
        "source": "cbp",
        "era": DURING,
        "age": "1 month",
        "count": 2,
        "median_absolute": 0.5,
        "p90_absolute": 0.9,
        "largest_absolute": 1.0,
        "mean_signed": 0.5,
    }


def test_the_summary_goes_by_source_then_era_then_age(
    loader: ServiceClient, published: str
) -> None:
    groups = [(one["era"], one["age"]) for one in ask(loader.client, published)["revisions"]]
    assert groups == [
        (era, age) for era in (DURING, AFTER) for age in ("1 month", "1 year", "close-out")
    ]


def test_as_of_a_day_only_what_was_published_by_then_is_compared(
    loader: ServiceClient, published: str
) -> None:
    assert rows(ask(loader.client, published, as_of="2023-08-20")) == [
        BY_HAND[0],
        BY_HAND[3],
        BY_HAND[6],
    ]


def test_an_age_that_is_not_reached_yet_is_left_out(loader: ServiceClient, published: str) -> None:
    figures = rows(ask(loader.client, published))
    assert not [figure for figure in figures if figure[0] == "2024-05"]


def test_as_csv_the_figures_behind_the_summary_open_in_pandas(
    loader: ServiceClient, published: str
) -> None:
    text = loader.client.get("/revisions", params={"series": published, "format": "csv"}).text
    table = pd.read_csv(io.StringIO(text))
    assert list(table.columns) == ["period", "source", "era", "age", "first", "later", "percent"]
    assert list(table.itertuples(index=False, name=None)) == BY_HAND


def test_each_source_is_compared_with_itself_only(loader: ServiceClient, series: str) -> None:
    loader.load("press", "2024-02-10", said(series, "2024-01", 90))
    loader.load("cbp", "2024-02-15", said(series, "2024-01", 100))
    loader.load("press", "2024-03-10", said(series, "2024-01", 99))
    loader.load("cbp", "2024-03-15", said(series, "2024-01", 102))
    assert rows(ask(loader.client, series)) == [
        ("2024-01", "cbp", AFTER, "1 month", 100, 102, 2.0),
        ("2024-01", "press", AFTER, "1 month", 90, 99, 10.0),
    ]


def test_vague_and_withdrawn_figures_do_not_count(loader: ServiceClient, series: str) -> None:
    loader.load("cbp", "2024-02-15", said(series, "2024-01", 100))
    loader.load("cbp", "2024-02-20", said(series, "2024-01", 130, qualifier="about"))
    loader.load("cbp", "2024-03-15", said(series, "2024-01", None))
    loader.load("cbp", "2024-03-20", said(series, "2024-02", 1))
    assert rows(ask(loader.client, series)) == [("2024-01", "cbp", AFTER, "1 month", 100, 100, 0.0)]


def test_a_figure_that_is_revised_to_nobody_counts(loader: ServiceClient, series: str) -> None:
    loader.load("cbp", "2024-02-15", said(series, "2024-01", 4))
    loader.load("cbp", "2024-03-15", said(series, "2024-01", 0))
    assert rows(ask(loader.client, series)) == [("2024-01", "cbp", AFTER, "1 month", 4, 0, -100.0)]


def test_a_first_value_of_nobody_has_no_revision_in_percent(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", "2024-02-15", said(series, "2024-01", 0))
    loader.load("cbp", "2024-03-15", said(series, "2024-01", 4))
    assert rows(ask(loader.client, series)) == []


def test_a_figure_that_was_first_published_after_its_close_out_was_never_provisional(
    loader: ServiceClient, series: str
) -> None:
    loader.load(
        "cbp", "2021-08-01", said(series, "2010-01", 100), said(series, "2010-02", 50, status="D")
    )
    loader.load(
        "cbp", "2021-09-15", said(series, "2010-01", 101), said(series, "2010-02", 51, status="D")
    )
    assert rows(ask(loader.client, series)) == []


def test_a_retracted_release_has_revised_nothing(loader: ServiceClient, series: str) -> None:
    loader.load("cbp", "2024-02-15", said(series, "2024-01", 100))
    number = loader.load("cbp", "2024-03-10", said(series, "2024-01", 150)).json()["release"]
    loader.load("cbp", "2024-03-15", said(series, "2024-01", 101))
    loader.retract(number)
    assert rows(ask(loader.client, series)) == [("2024-01", "cbp", AFTER, "1 month", 100, 101, 1.0)]


def test_a_series_without_figures_has_no_revisions(loader: ServiceClient, series: str) -> None:
    answer = ask(loader.client, series)
    assert (answer["revisions"], answer["figures"]) == ([], [])


def test_an_unknown_series_is_a_problem(loader: ServiceClient) -> None:
    response = loader.client.get("/revisions?series=usbp.mars")
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/unknown-series"


# ---- the bundled record, worked out from its tables without the store ----


def bundled_versions(series: str) -> pd.DataFrame:
    """Every exact figure that CBP published of a series: period and day as months, day, value."""
    releases = pd.read_csv(BUNDLED_RECORD / "releases.csv").query("source == 'cbp'")
    spans = (
        pd.read_csv(BUNDLED_RECORD / "coverage.csv").query("series == @series").set_index("release")
    )
    changes = pd.read_csv(BUNDLED_RECORD / "figures.csv").query("series == @series")
    changes = changes.melt(
        ["release", "series", "fiscal_year"], var_name="month", value_name="value"
    ).dropna()
    number = pd.to_datetime(changes["month"], format="%b").dt.month
    changes["period"] = 12 * (changes["fiscal_year"] - (number >= 10)) + number - 1
    known: dict[int, int] = {}
    found = []
    for release, day in zip(releases["release"], releases["published_on"], strict=True):
        for change in changes[changes["release"] == release].itertuples():
            known[change.period] = int(change.value)
        for span in spans[spans.index == release].itertuples():
            first, last = (pd.Period(end, "M") for end in (span.first_period, span.last_period))
            for period in range(12 * first.year + first.month - 1, 12 * last.year + last.month):
                found.append((period, day, known[period]))
    press = pd.read_csv(BUNDLED_RECORD / "press.csv")
    own = press.query("source == 'cbp' and series == @series and qualifier == 'exact'")
    for one in own.itertuples():
        year, month = map(int, one.period.split("-"))
        found.append((12 * year + month - 1, one.published_on, one.value))
    return pd.DataFrame(found, columns=["period", "day", "value"]).sort_values("day", kind="stable")


def by_hand(series: str) -> list[tuple[Any, ...]]:
    versions = bundled_versions(series)
    versions["month"] = versions["day"].map(lambda day: 12 * int(day[:4]) + int(day[5:7]) - 1)
    ends = (versions["period"] + 3) // 12 * 12 + 8  # September of the fiscal year
    versions["final"] = versions["month"] > ends
    found = []
    for period, cell in versions.sort_values(["period", "day"], kind="stable").groupby("period"):
        first = cell.iloc[0]
        if first["final"]:
            continue
        era = (
            "before Title 42"
            if period < 12 * 2020 + 2
            else DURING
            if period <= 12 * 2023 + 4
            else AFTER
        )
        label = f"{period // 12}-{period % 12 + 1:02d}"
        for age, months in (("1 month", 1), ("1 year", 12)):
            if versions["month"].max() >= first["month"] + months:
                later = cell[cell["month"] <= first["month"] + months].iloc[-1]
                found.append((label, "cbp", era, age, first["value"], later["value"]))
        if cell["final"].any():
            later = cell[cell["final"]].iloc[0]
            found.append((label, "cbp", era, "close-out", first["value"], later["value"]))
    return found


@pytest.mark.parametrize(
    "series", ["usbp.southwest", "cbp.southwest", "ofo.southwest", "usbp.southwest.family-units"]
)
def test_the_revisions_of_the_record_are_those_in_its_tables(
    client: TestClient, series: str
) -> None:
    answer = ask(client, series)
    figures = [row[:6] for row in rows(answer) if row[1] == "cbp"]
    expected = by_hand(series)
    assert figures == expected
    assert len(figures) > 50
    key = lambda row: row[2:4]  # noqa: E731
    summaries = {
        (one["era"], one["age"]): one for one in answer["revisions"] if one["source"] == "cbp"
    }
    for group, members in groupby(sorted(expected, key=key), key=key):
        percent = np.array([100 * (row[5] / row[4] - 1) for row in members])
        summary = summaries.pop(group)
        assert summary["count"] == len(percent)
        assert summary["median_absolute"] == pytest.approx(np.median(abs(percent)), abs=1e-4)
        assert summary["p90_absolute"] == pytest.approx(np.quantile(abs(percent), 0.9), abs=1e-4)
        assert summary["largest_absolute"] == pytest.approx(abs(percent).max(), abs=1e-4)
        assert summary["mean_signed"] == pytest.approx(percent.mean(), abs=1e-4)
    assert summaries == {}


def test_no_figure_of_the_southwest_moves_by_much_in_its_first_month(client: TestClient) -> None:
    for one in ask(client, "usbp.southwest")["revisions"]:
        if one["source"] == "cbp" and one["age"] == "1 month":
            assert one["median_absolute"] < 0.2
            assert one["largest_absolute"] < 1.4
