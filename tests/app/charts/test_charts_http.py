"""Charts over HTTP: true to the figures, in every form, drawn once."""

import json
import zlib
from typing import Any, cast

import altair as alt
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.charts.layers import count_axis
from app.charts.style import Look, Scale, Theme
from app.dependencies import services_of

pytestmark = pytest.mark.slow

SERIES = {"series": "usbp.southwest"}
FORMS = [("json", "application/json"), ("svg", "image/svg+xml"), ("png", "image/png")]


def specification(client: TestClient, chart: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"/charts/{chart}.json", params=SERIES | asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def of(drawn: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a layer."""
    return list(drawn["datasets"][layer["data"]["name"]])


def rows(drawn: dict[str, Any], *fields: str) -> list[dict[str, Any]]:
    """The rows that have these fields, of every layer."""
    return [
        row for layer in drawn["layer"] for row in of(drawn, layer) if set(fields) <= row.keys()
    ]


@pytest.mark.parametrize(("form", "media_type"), FORMS)
@pytest.mark.parametrize("chart", ["history", "forecast", "vintages"])
def test_every_chart_comes_in_every_form(
    sqlite_client: TestClient, chart: str, form: str, media_type: str
) -> None:
    answer = sqlite_client.get(f"/charts/{chart}.{form}", params=SERIES)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    known = {"If-None-Match": answer.headers["etag"]}
    assert (
        sqlite_client.get(f"/charts/{chart}.{form}", params=SERIES, headers=known).status_code
        == 304
    )


@pytest.mark.parametrize(
    ("chart", "asked"),
    [
        ("forecast", {"as_of": "2024-05-10", "scale": "log"}),
        ("history", {}),
        ("vintages", {"lang": "es"}),
    ],
)
def test_every_specification_is_valid_vega_lite(
    sqlite_client: TestClient, chart: str, asked: dict[str, str]
) -> None:
    drawn = specification(sqlite_client, chart, **asked)
    assert alt.LayerChart.from_dict(drawn, validate=True).to_dict()["layer"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            ["southwest border: history and forecast", "Source: CBP, as known on Nov. 24, 2026"],
        ),
        (
            "es",
            [
                "frontera suroeste: historia y pronóstico",
                "Fuente: CBP, con lo que se sabía el 24 de noviembre",
            ],
        ),
    ],
)
def test_the_picture_says_title_unit_source_and_vintage(
    sqlite_client: TestClient, lang: str, said: list[str]
) -> None:
    svg = sqlite_client.get("/charts/forecast.svg", params=SERIES | {"lang": lang}).text
    for text in [*said, "8,870", "95"]:
        assert text in svg


def test_the_fan_is_the_forecasts(sqlite_client: TestClient) -> None:
    months = sqlite_client.get("/forecast", params=SERIES).json()["forecast"]
    drawn = rows(specification(sqlite_client, "forecast"), "lower", "upper", "level")
    ends = {(row["period"], row["level"]): (row["lower"], row["upper"]) for row in drawn}
    for month in months:
        for each in month["intervals"]:
            assert ends[month["period"], each["level"]] == (each["lower"], each["upper"])


def test_the_line_is_the_history(sqlite_client: TestClient) -> None:
    drawn = rows(specification(sqlite_client, "history", years=50), "run", "value")
    figures = sqlite_client.get("/history", params=SERIES).json()["observations"]
    assert {row["period"]: row["value"] for row in drawn} == {
        figure["period"]: figure["value"] for figure in figures
    }


def test_what_happened_is_drawn_over_an_old_forecast(sqlite_client: TestClient) -> None:
    drawn = specification(sqlite_client, "forecast", as_of="2024-05-10")
    later = {row["period"]: row["value"] for row in rows(drawn, "Published later", "Status")}
    now = sqlite_client.get(
        "/history", params=SERIES | {"start": "2024-05", "end": "2025-04"}
    ).json()
    assert later == {figure["period"]: figure["value"] for figure in now["observations"]}
    assert not rows(specification(sqlite_client, "forecast"), "Published later", "Status")


def test_vague_figures_are_diamonds_and_provisional_ones_hollow(sqlite_client: TestClient) -> None:
    drawn = specification(sqlite_client, "forecast", as_of="2024-05-10")
    points = [layer for layer in drawn["layer"] if layer["mark"]["type"] == "point"]
    diamonds = [layer for layer in points if layer["mark"].get("shape") == "diamond"]
    assert "2024-04" in [row["period"] for layer in diamonds for row in of(drawn, layer)]
    provisional = [layer for layer in points if layer not in diamonds]
    assert "2023-12" in [row["period"] for layer in provisional for row in of(drawn, layer)]


def test_revisions_are_in_percent_of_the_first_value(sqlite_client: TestClient) -> None:
    chart = specification(sqlite_client, "vintages", as_of="2025-09-30")
    drawn = rows(chart, "current", "value", "from")
    april = next(row for row in drawn if row["period"] == "2024-04")
    assert april["value"] == pytest.approx(100 * (128895 - 129000) / 129000, abs=5e-4)


@pytest.mark.parametrize(
    ("series", "scale"),
    [("usbp.southwest", "log"), ("usbp.coastal.ramey", "symlog")],
)
def test_counts_of_nothing_have_a_place_on_the_logarithmic_scale(
    sqlite_client: TestClient, series: str, scale: str
) -> None:
    drawn = specification(sqlite_client, "forecast", series=series, scale="log", years=10)
    scales = {layer["encoding"]["y"]["scale"]["type"] for layer in drawn["layer"] if _counts(layer)}
    assert scales == {scale}


def test_a_range_that_would_leave_no_room_for_all_else_is_cut_and_its_end_is_said(
    sqlite_client: TestClient,
) -> None:
    series = "usbp.coastal.ramey"
    months = sqlite_client.get("/forecast", params={"series": series}).json()["forecast"]
    ends = {each["level"]: each["upper"] for month in months for each in month["intervals"]}
    for month in months:
        for each in month["intervals"]:
            ends[each["level"]] = max(ends[each["level"]], each["upper"])
    drawn = specification(sqlite_client, "forecast", series=series)
    tops = {top for layer in drawn["layer"] if _counts(layer) for top in _domain(layer)[1:]}
    assert tops == {ends[80]}
    assert ends[95] > 3 * ends[80]
    assert f"up to {ends[95]:,}" in " ".join(drawn["title"]["subtitle"])
    whole = specification(sqlite_client, "forecast")
    assert not any(_domain(layer) for layer in whole["layer"] if _counts(layer))


def axis_of(look: Look, top: int) -> dict[str, Any]:
    described: Any = count_axis(look, [0, top]).to_dict()
    return dict(described["axis"])


def test_a_logarithmic_scale_of_small_counts_has_marks_all_the_way_up() -> None:
    look = Look(960, Theme.LIGHT, Scale.LOG, "en", interactive=False)
    assert axis_of(look, 833)["values"] == [0, 10, 20, 50, 100, 200, 500]
    assert axis_of(look, 9000)["values"] == [
        0,
        10,
        30,
        100,
        300,
        1000,
        3000,
        10000,
    ]


def _domain(layer: dict[str, Any]) -> list[int]:
    return list(layer["encoding"]["y"]["scale"].get("domain", []))


def _counts(layer: dict[str, Any]) -> bool:
    return "scale" in layer.get("encoding", {}).get("y", {})


@pytest.mark.parametrize(("theme", "paper"), [("light", "ffffff"), ("dark", "14181c")])
def test_a_picture_for_a_document_is_on_white_paper_unless_dark_is_asked_for(
    sqlite_client: TestClient, theme: str, paper: str
) -> None:
    png = sqlite_client.get("/charts/history.png", params=SERIES | {"theme": theme}).content
    place, packed = 8, b""
    while place < len(png):
        length, kind = int.from_bytes(png[place : place + 4], "big"), png[place + 4 : place + 8]
        if kind == b"IDAT":
            packed += png[place + 8 : place + 8 + length]
        place += 12 + length
    # after the kind of filter, which changes nothing of the first
    first_pixel = zlib.decompress(packed)[1:4]
    assert first_pixel.hex() == paper


@pytest.mark.parametrize("width", [320, 960, 1600])
def test_a_picture_is_as_wide_as_asked(sqlite_client: TestClient, width: int) -> None:
    png = sqlite_client.get("/charts/forecast.png", params=SERIES | {"width": width}).content
    assert int.from_bytes(png[16:20], "big") == 2 * width


@pytest.mark.parametrize(
    ("chart", "asked", "status"),
    [
        ("history", {"series": "nothing"}, 404),
        ("history", {"width": 10}, 422),
        ("history", {"years": 0}, 422),
        ("forecast", {"series": "usbp.southwest.title-42"}, 422),
        ("forecast", {"as_of": "2001-01-01"}, 422),
        ("vintages", {"months": 1}, 422),
        ("history", {"color": "red"}, 422),
    ],
)
def test_what_cannot_be_drawn_is_a_problem(
    sqlite_client: TestClient, chart: str, asked: dict[str, Any], status: int
) -> None:
    answer = sqlite_client.get(f"/charts/{chart}.svg", params=SERIES | asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_chart_is_drawn_once(sqlite_client: TestClient) -> None:
    asked = SERIES | {"width": 777}
    first = sqlite_client.get("/charts/history.png", params=asked).content
    charts = services_of(cast(FastAPI, sqlite_client.app)).charts
    count = charts.cache_size
    assert sqlite_client.get("/charts/history.png", params=asked).content == first
    assert charts.cache_size == count


def test_numbers_in_charts_follow_the_language(sqlite_client: TestClient) -> None:
    locale = specification(sqlite_client, "forecast", lang="es")["config"]["locale"]
    assert json.dumps(locale["time"]["shortMonths"]).count("ene") == 1
