"""GET /vintages: the revision triangle."""

import io
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.observations.current import choose_current, current_by_day
from app.observations.store import find_series, versions
from app.storage.database import Database
from tests.app.client import ServiceClient, said


@pytest.fixture(scope="module")
def revised(loader: ServiceClient) -> str:
    """A series whose January was restated, and whose February came from the press first."""
    key = loader.new_series()
    loader.load("cbp", "2024-02-10", said(key, "2024-01", 100))
    loader.load("press", "2024-03-01", said(key, "2024-02", 200, qualifier="about"))
    loader.load("cbp", "2024-03-10", said(key, "2024-01", 110), said(key, "2024-02", 205))
    loader.load("cbp", "2024-04-10", said(key, "2024-01", 110), said(key, "2024-02", None))
    return key


def triangle(loader: ServiceClient, **asked: Any) -> dict[str, Any]:
    response = loader.client.get("/vintages", params=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_every_figure_has_the_days_from_which_and_until_which_it_was_current(
    loader: ServiceClient, revised: str
) -> None:
    figures = triangle(loader, series=revised)["figures"]
    assert [
        (one["period"], one["known_from"], one["replaced_on"], one["value"]) for one in figures
    ] == [
        ("2024-01", "2024-02-10", "2024-03-10", 100),
        ("2024-01", "2024-03-10", None, 110),
        ("2024-02", "2024-03-01", "2024-03-10", 200),
        ("2024-02", "2024-03-10", "2024-04-10", 205),
        ("2024-02", "2024-04-10", None, 200),  # the press's stands once CBP withdraws its own
    ]


def test_the_wide_triangle_has_a_column_for_each_day_of_a_change(
    loader: ServiceClient, revised: str
) -> None:
    asked = {"series": revised, "layout": "wide"}
    response = loader.client.get("/vintages", params=asked | {"format": "csv"})
    table = pd.read_csv(io.StringIO(response.text), index_col="period")
    days = ["2024-02-10", "2024-03-01", "2024-03-10", "2024-04-10"]
    assert table.columns.tolist() == days
    assert table.loc["2024-01"].tolist() == [100, 100, 110, 110]
    assert table.loc["2024-02"].fillna(0).tolist() == [0, 200, 205, 200]
    assert triangle(loader, **asked)["vintages"] == days


def test_a_column_is_the_history_of_its_day(loader: ServiceClient, revised: str) -> None:
    whole = triangle(loader, series=revised, layout="wide")
    for place, day in enumerate(whole["vintages"]):
        known = {
            month["period"]: month["values"][place]
            for month in whole["months"]
            if month["values"][place] is not None
        }
        assert loader.history(revised, as_of=day) == known


def test_since_and_as_of_choose_vintages(loader: ServiceClient, revised: str) -> None:
    asked = {"series": revised, "layout": "wide", "since": "2024-02-20", "as_of": "2024-03-10"}
    assert triangle(loader, **asked)["vintages"] == ["2024-03-01", "2024-03-10"]


def test_pages_of_months_make_up_the_whole(loader: ServiceClient, revised: str) -> None:
    whole = triangle(loader, series=revised)
    first = triangle(loader, series=revised, limit=1)
    assert (first["next_cursor"], whole["next_cursor"]) == ("2024-02", None)
    second = triangle(loader, series=revised, limit=1, cursor=first["next_cursor"])
    assert first["figures"] + second["figures"] == whole["figures"]
    assert second["next_cursor"] is None


def test_months_out_of_order_and_unknown_series_are_refused(client: TestClient) -> None:
    asked = {"series": "usbp.southwest", "start": "2024-02", "end": "2024-01"}
    assert client.get("/vintages", params=asked).json()["errors"][0]["parameter"] == "end"
    assert client.get("/vintages?series=nowhere").status_code == 404


def test_from_day_to_day_the_current_figure_is_the_one_that_would_be_chosen(
    loaded: Database,
) -> None:
    """On the record of a border with four sources, for months with some of the most versions."""
    with loaded.reading() as session:
        series = find_series(session, "usbp.southwest")
        assert series is not None
        known = versions(session, series.id)
    months = sorted({figure.period for figure in known})[-48:]
    for month in months:
        figures = [figure for figure in known if figure.period == month]
        traced = current_by_day(figures)
        for day in sorted({figure.published_on for figure in figures}):
            chosen = choose_current([one for one in figures if one.published_on <= day])
            assert chosen is not None
            current = [figure for since, figure in traced if since <= day][-1]
            assert (current.value, current.status, current.source) == (
                chosen.value,
                chosen.status,
                chosen.source,
            )
