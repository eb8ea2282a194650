"""GET /history for several series, in other units, by longer periods, and as SDMX-CSV."""

import io
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from pysdmx.io import read_sdmx
from pysdmx.io.pd import PandasDataset

from app.observations.selection import MOST_SERIES
from tests.app.client import ServiceClient, said

COUNTS = {"2022-10": 100, "2022-11": 110, "2022-12": 90, "2023-01": 0, "2023-02": 50, "2023-03": 60}


@pytest.fixture(scope="module")
def group(loader: ServiceClient) -> str:
    """A part of the keys of two series, one of which was published later than the other."""
    name = loader.new_series()
    first, second = f"{name}.first", f"{name}.second"
    figures = [said(first, period, value) for period, value in COUNTS.items()]
    assert loader.load("cbp", "2023-04-10", *figures, create="true").status_code == 201
    late = [said(second, f"2022-{month:02}", month) for month in range(1, 13)]
    assert loader.load("cbp", "2023-05-10", *late, create="true").status_code == 201
    return name


def get(loader: ServiceClient, path: str = "/history", **asked: Any) -> dict[str, Any]:
    response = loader.client.get(path, params=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def refusal(client: TestClient, **asked: Any) -> dict[str, Any]:
    response = client.get("/history", params=asked)
    assert response.status_code == 422, response.text
    return dict(response.json()["errors"][0])


# Several series


def test_several_series_have_an_entry_each_in_the_order_of_the_request(
    loader: ServiceClient, group: str
) -> None:
    keys = [f"{group}.second", f"{group}.first"]
    histories = get(loader, series=keys)["histories"]
    assert [history["series"] for history in histories] == keys
    assert histories[1] == get(loader, series=f"{group}.first")


def test_a_pattern_selects_series_by_key_and_a_series_only_once(
    loader: ServiceClient, group: str
) -> None:
    histories = get(loader, series=[f"{group}.*", f"{group}.first"])["histories"]
    assert [history["series"] for history in histories] == [f"{group}.first", f"{group}.second"]


def test_a_table_of_several_series_begins_with_a_column_of_their_keys(
    loader: ServiceClient, group: str
) -> None:
    asked = {"series": f"{group}.*", "format": "csv", "start": "2022-12", "end": "2022-12"}
    table = pd.read_csv(io.StringIO(loader.client.get("/history", params=asked).text))
    assert table.columns[:3].tolist() == ["series", "period", "value"]
    assert table["series"].tolist() == [f"{group}.first", f"{group}.second"]
    assert table["value"].tolist() == [90, 12]


def test_a_series_without_an_answer_is_left_out_of_a_pattern_but_not_if_it_is_named(
    client: TestClient,
) -> None:
    asked = {"series": "*.southwest", "as_of": "2021-08-01", "start": "2021-06"}
    answer = client.get("/history", params=asked).json()
    assert "usbp.southwest" in {history["series"] for history in answer["histories"]}
    reasons = {one["series"]: one["reason"] for one in answer["left_out"]}
    assert "first published on" in reasons["cbp.southwest"]
    early = {"series": ["usbp.southwest", "cbp.southwest"], "as_of": "2021-08-01"}
    assert refusal(client, **early)["parameter"] == "as_of"


def test_a_pattern_that_matches_nothing_is_refused(loader: ServiceClient) -> None:
    fault = refusal(loader.client, series="nowhere.*")
    assert (fault["parameter"], fault["given"]) == ("series", "nowhere.*")


def test_a_pattern_is_literal_but_for_its_asterisks(loader: ServiceClient, group: str) -> None:
    for pattern in (f"{group.upper()}*", f"{group}_*", f"{group}%*", f"*{group}.firs"):
        assert refusal(loader.client, series=pattern)["parameter"] == "series"


def test_an_unknown_series_among_several_is_not_found(loader: ServiceClient, group: str) -> None:
    asked = {"series": [f"{group}.first", f"{group}.frist"]}
    assert loader.client.get("/history", params=asked).status_code == 404


def test_more_series_than_one_answer_holds_are_refused(
    loader: ServiceClient,
) -> None:
    figures = [said(f"made.crowd.{number}", "2024-01", 1) for number in range(MOST_SERIES + 1)]
    loader.load("cbp", "2024-02-20", *figures, create="true")
    expected = refusal(loader.client, series="made.crowd.*")["expected"]
    assert f"at most {MOST_SERIES} series" in expected


# Other units and longer periods; the years of these series begin in October


@pytest.mark.parametrize(
    ("units", "values"),
    [
        ("change", [None, 10, -20, -90, 50, 10]),
        ("percent", [None, 10.0, -18.2, -100.0, None, 20.0]),
        ("change_year", [None] * 6),
        ("index", [166.7, 183.3, 150.0, 0.0, 83.3, 100.0]),
    ],
)
def test_months_in_other_units(
    loader: ServiceClient, group: str, units: str, values: list[float | None]
) -> None:
    observations = get(loader, series=f"{group}.first", units=units)["observations"]
    assert [one["value"] for one in observations] == values
    assert [one["status"] for one in observations] == [
        "O" if value is None else "P" for value in values
    ]


def test_quarters_are_those_of_the_series_own_year(loader: ServiceClient, group: str) -> None:
    answer = get(loader, series=f"{group}.first", aggregate="quarter")
    assert [
        (one["period"], one["start"], one["end"], one["value"]) for one in answer["observations"]
    ] == [("2023-Q1", "2022-10", "2022-12", 300), ("2023-Q2", "2023-01", "2023-03", 110)]


def test_only_complete_years_are_shown(loader: ServiceClient, group: str) -> None:
    assert get(loader, series=f"{group}.first", aggregate="year")["observations"] == []


def test_a_comparison_uses_figures_before_the_first_month_shown(
    loader: ServiceClient, group: str
) -> None:
    asked = {"series": f"{group}.first", "units": "percent_year", "aggregate": "quarter"}
    assert get(loader, **asked, start="2023-01")["observations"][0]["value"] is None
    asked = {"series": f"{group}.first", "units": "change", "aggregate": "quarter"}
    (only,) = get(loader, **asked, start="2023-01")["observations"]
    assert (only["period"], only["value"]) == ("2023-Q2", -190)


def test_the_base_of_an_index_can_be_chosen_and_must_have_figures(
    loader: ServiceClient, group: str
) -> None:
    asked = {"series": f"{group}.first", "units": "index"}
    answer = get(loader, **asked, base="2022-10")
    assert answer["unit"] == "index, 2022-10 = 100"
    assert [one["value"] for one in answer["observations"]][:3] == [100.0, 110.0, 90.0]
    assert refusal(loader.client, **asked, base="2023-01")["parameter"] == "base"  # it is 0
    assert refusal(loader.client, series=f"{group}.first", base="2022-10")["parameter"] == "base"


def test_fiscal_years_add_up_to_the_official_totals(client: TestClient) -> None:
    """CBP's own totals of southwest encounters between ports of entry."""
    asked = {"series": "usbp.southwest", "aggregate": "year", "start": "2020-10", "end": "2024-09"}
    years = client.get("/history", params=asked).json()["observations"]
    assert {one["period"]: one["value"] for one in years} == {
        "2021": 1_659_206,
        "2022": 2_206_436,
        "2023": 2_045_838,
        "2024": 1_530_523,
    }


# SDMX


def test_pysdmx_reads_the_figures(loader: ServiceClient, group: str) -> None:
    response = loader.client.get(
        "/history", params={"series": f"{group}.*", "format": "sdmx-csv", "start": "2022-12"}
    )
    assert response.headers["content-type"].startswith("application/vnd.sdmx.data+csv")
    (dataset,) = read_sdmx(response.text, validate=False).data or []
    assert isinstance(dataset, PandasDataset)
    assert dataset.short_urn == "Dataflow=BORDERCAST:ENCOUNTERS(1.0)"
    table = dataset.data
    assert table["SERIES"].tolist() == [f"{group}.first"] * 4 + [f"{group}.second"]
    assert table["TIME_PERIOD"].tolist() == ["2022-12", "2023-01", "2023-02", "2023-03", "2022-12"]
    assert [int(value) for value in table["OBS_VALUE"]] == [90, 0, 50, 60, 12]
    assert set(table["OBS_STATUS"]) == {"P"}


def test_sdmx_has_monthly_counts_only(loader: ServiceClient, group: str) -> None:
    asked = {"series": f"{group}.first", "format": "sdmx-csv", "units": "percent"}
    assert refusal(loader.client, **asked)["parameter"] == "units"
