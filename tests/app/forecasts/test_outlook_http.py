"""GET /forecast/threshold and GET /forecast/fiscal-year."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.forecasts.encoding import PathsWithPast, decode_paths_with_past
from tests.app.forecasts.archived import archived_paths

SOUTHWEST = {"series": "usbp.southwest"}
MAY_2024 = SOUTHWEST | {"as_of": "2024-05-16"}


def ask(client: TestClient, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    response = client.get(f"/forecast/{path}", params=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def refused(client: TestClient, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    response = client.get(f"/forecast/{path}", params=asked)
    assert response.status_code == 422, response.text
    return dict(response.json())


def paths_of(client: TestClient, asked: dict[str, Any]) -> np.ndarray:
    """The archived paths, read from the store beside the service."""
    return joint_paths_of(client, asked).paths


def joint_paths_of(client: TestClient, asked: dict[str, Any]) -> PathsWithPast:
    """The same, with those of past months."""
    forecast = client.get("/forecast", params=asked).json()
    return decode_paths_with_past(
        archived_paths(
            client, asked["series"], forecast["data_version"], asked.get("model", "auto")
        )
    )


def test_probabilities_are_shares_of_the_archived_paths(client: TestClient) -> None:
    paths = paths_of(client, SOUTHWEST)
    above = int(np.median(paths[:, 5]))
    answer = ask(client, "threshold", SOUTHWEST | {"above": above, "horizon": 6})
    exceeds = paths[:, :6] > above
    assert answer["draws"] == paths.shape[0]
    assert [month["probability"] for month in answer["months"]] == pytest.approx(
        exceeds.mean(axis=0), abs=6e-4
    )
    assert answer["any_month"] == pytest.approx(exceeds.any(axis=1).mean(), abs=6e-4)
    assert answer["months"][-1]["probability_by_then"] == answer["any_month"]


def test_nothing_is_certain_nor_impossible(client: TestClient) -> None:
    sure = ask(client, "threshold", SOUTHWEST | {"above": 0})
    never = ask(client, "threshold", SOUTHWEST | {"above": 1_000_000_000})
    bound = 1 / (sure["draws"] + 1)
    assert {month["probability"] for month in sure["months"]} == {round(1 - bound, 4)}
    assert never["any_month"] == round(bound, 4) > 0


def test_a_threshold_asked_as_of_a_past_day_starts_after_the_figures_of_that_day(
    client: TestClient,
) -> None:
    answer = ask(client, "threshold", MAY_2024 | {"above": 150_000, "horizon": 3})
    assert (answer["as_of"], answer["origin"]) == ("2024-05-16", "2024-04")
    assert [month["period"] for month in answer["months"]] == ["2024-05", "2024-06", "2024-07"]


def test_a_threshold_opens_in_pandas_one_row_a_month(client: TestClient) -> None:
    response = client.get(
        "/forecast/threshold", params=SOUTHWEST | {"above": 9000, "format": "csv"}
    )
    table = pd.read_csv(io.StringIO(response.text))
    assert list(table.columns) == ["period", "probability", "probability_by_then"]
    assert len(table) == 12
    assert table.probability_by_then.is_monotonic_increasing


@pytest.mark.parametrize("above", ["-1", "1.5", "many", "10000000000"])
def test_a_number_that_is_none_is_refused(client: TestClient, above: str) -> None:
    problem = refused(client, "threshold", SOUTHWEST | {"above": above})
    assert problem["errors"][0]["parameter"] == "above"
    assert problem["errors"][0]["expected"] == "a whole number from 0 to 1000000000"


def test_a_threshold_needs_a_number(client: TestClient) -> None:
    assert refused(client, "threshold", SOUTHWEST)["errors"][0]["parameter"] == "above"


def test_the_running_year_is_its_figures_so_far_plus_the_paths_of_the_rest(
    client: TestClient,
) -> None:
    """Through August 2026, 11 of 12 months of fiscal year 2026 are counted, none of them final."""
    figures = client.get("/history", params=SOUTHWEST | {"start": "2025-10"}).json()["observations"]
    answer = ask(client, "fiscal-year", SOUTHWEST)
    so_far = sum(figure["value"] for figure in figures)
    assert (answer["year"], answer["start"], answer["end"]) == (
        2026,
        "2025-10",
        "2026-09",
    )
    assert answer["counted"] == {
        "months": 11,
        "last": "2026-08",
        "total": so_far,
        "provisional_months": 11,
        "provisional_total": so_far,
        "rejected": [],
    }
    assert answer["forecast_months"] == 1
    joint = joint_paths_of(client, SOUTHWEST)
    assert [str(month) for month in joint.past_months[-11:]] == [
        figure["period"] for figure in figures
    ]
    drawn = joint.past_paths[:, -11:].sum(axis=1)
    assert drawn.mean() == pytest.approx(so_far, rel=0.005)
    totals = drawn + joint.paths[:, 0]
    assert answer["mean"] == pytest.approx(totals.mean(), abs=1)
    assert answer["median"] == pytest.approx(np.quantile(totals, 0.5, method="hazen"), abs=1)
    widest = answer["intervals"][-1]
    assert widest["level"] == 95
    assert widest["lower"] == pytest.approx(np.quantile(totals, 0.025, method="hazen"), abs=1)


def test_a_year_to_come_is_the_sum_of_its_paths_and_wider_than_if_months_were_independent(
    client: TestClient,
) -> None:
    asked = SOUTHWEST | {"model": "log-random-walk"}
    answer = ask(client, "fiscal-year", asked | {"year": 2027, "level": 80})
    paths = paths_of(client, asked)[:, 1:13]
    lower, upper = np.quantile(paths.sum(axis=1), [0.1, 0.9], method="hazen")
    assert answer["counted"]["months"] == 0
    assert answer["counted"]["last"] is None
    assert answer["forecast_months"] == 12
    assert [answer["intervals"][0][end] for end in ("lower", "upper")] == pytest.approx(
        [lower, upper], abs=1
    )
    independent = np.random.default_rng(0).permuted(paths, axis=0).sum(axis=1)
    assert upper - lower > 1.5 * np.diff(np.quantile(independent, [0.1, 0.9]))[0]


def test_a_finished_year_is_its_sum_without_spread(client: TestClient) -> None:
    """Fiscal year 2023: 2,045,838 encounters between the ports of the southwest border."""
    answer = ask(client, "fiscal-year", SOUTHWEST | {"year": 2023})
    assert answer["mean"] == answer["median"] == answer["counted"]["total"] == 2_045_838
    assert answer["counted"]["provisional_months"] == 0
    assert (answer["forecast_months"], answer["origin"], answer["issued_at"]) == (0, None, None)
    assert {(i["lower"], i["upper"]) for i in answer["intervals"]} == {(2_045_838, 2_045_838)}


def test_a_finished_year_of_a_series_that_has_ended_has_a_total(client: TestClient) -> None:
    answer = ask(client, "fiscal-year", {"series": "usbp.southwest.title-42", "year": 2022})
    assert answer["forecast_months"] == 0
    assert answer["mean"] > 0


def test_a_year_that_was_running_on_a_past_day_is_seen_from_that_day(client: TestClient) -> None:
    answer = ask(client, "fiscal-year", MAY_2024)
    assert (answer["year"], answer["counted"]["last"], answer["forecast_months"]) == (
        2024,
        "2024-04",
        5,
    )


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ({"series": "ofo.southwest.laredo", "year": 2024}, "2024-09"),
        ({"series": "usbp", "year": 1980}, "1979-10"),
    ],
)
def test_a_year_with_missing_months_is_refused_and_names_them(
    client: TestClient, asked: dict[str, Any], missing: str
) -> None:
    problem = refused(client, "fiscal-year", asked)
    assert problem["type"] == "/problems/months-missing"
    assert problem["errors"][0]["parameter"] == "year"
    assert missing in problem["detail"]


@pytest.mark.parametrize(
    ("asked", "start", "end", "total"),
    [
        ({"series": "uk.small-boats", "year": 2025}, "2025-01", "2025-12", 41_472),
        ({"series": "uk.small-boats", "year": 2025, "year_start": 7}, "2024-07", "2025-06", 43_309),
        ({"series": "frontex", "year": 2024}, "2024-01", "2024-12", 240_021),
        ({"series": "panama.darien-transits", "year": 2024}, "2024-01", "2024-12", 302_203),
    ],
)
def test_a_year_is_the_publishers_own(
    client: TestClient, asked: dict[str, Any], start: str, end: str, total: int
) -> None:
    answer = ask(client, "fiscal-year", asked)
    assert (answer["start"], answer["end"], answer["forecast_months"]) == (start, end, 0)
    assert answer["counted"]["total"] == total
    assert answer["mean"] == pytest.approx(total, rel=0.001)
    assert answer["mean"] == total or answer["counted"]["provisional_months"] > 0


def test_a_year_that_ends_beyond_the_longest_forecast_is_refused(client: TestClient) -> None:
    """36 months after August 2026 is August 2029, a month before fiscal year 2029 ends."""
    assert ask(client, "fiscal-year", SOUTHWEST | {"year": 2028})["forecast_months"] == 12
    problem = refused(client, "fiscal-year", SOUTHWEST | {"year": 2029})
    assert problem["errors"][0] == {
        "parameter": "year",
        "given": 2029,
        "expected": "2028 or earlier, because forecasts reach 36 months ahead",
    }


def test_a_fiscal_year_opens_in_pandas_in_one_row(client: TestClient) -> None:
    response = client.get(
        "/forecast/fiscal-year", params=SOUTHWEST | {"level": [90, 50], "format": "csv"}
    )
    table = pd.read_csv(io.StringIO(response.text))
    assert len(table) == 1
    assert list(table.columns) == [
        "year",
        "mean",
        "median",
        "lower_50",
        "upper_50",
        "lower_90",
        "upper_90",
        "counted_months",
        "counted",
        "provisional",
        "forecast_months",
    ]


@pytest.mark.parametrize("path", ["threshold?above=1", "fiscal-year?year=2027"])
def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient, path: str) -> None:
    address = f"/forecast/{path}&series=usbp.southwest"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "more"), [("/forecast/threshold", {"above": 1}), ("/forecast/fiscal-year", {})]
)
def test_tables_are_described_with_the_columns_that_they_have(
    client: TestClient, path: str, more: dict[str, Any]
) -> None:
    document = client.get("/openapi.json").json()
    example = document["paths"][path]["get"]["responses"]["200"]["content"]["text/csv"]["example"]
    table = client.get(path, params=SOUTHWEST | {"format": "csv"} | more).text
    assert example.splitlines()[0] == table.splitlines()[0]
