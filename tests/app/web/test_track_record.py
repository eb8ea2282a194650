"""What the page and the chart say of past forecasts is what the scores say."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.evaluation import store as scores
from app.evaluation.outcomes import changed_outcomes, keep_outcomes
from app.evaluation.store import Score
from app.main import create_app
from app.observations import store
from app.storage.database import Database
from forecasting import Month
from tests.conftest import NOW
from tests.stores import SQLiteStores

pytestmark = pytest.mark.slow

COUNT, INSIDE = 96, 71  # of one month ahead; of the rest fewer and all
FIRST = Month.of(2016, 1)


MEDIAN, LOWER, UPPER = 40_000, 25_000, 60_000  # of every forecast by auto


def score(series_id: int, place: int, horizon: int, *, inside: bool, model: str = "auto") -> Score:
    origin = FIRST + place
    return Score(
        series_id=series_id,
        model=model,
        forecast_id=None,
        vintage="as known" if place % 2 else "reconstructed",
        origin=origin,
        horizon=horizon,
        target=origin + horizon,
        observed=1000.0,
        wis=84.0,
        log_wis=0.9,
        crps=84.0,
        pit=0.5,
        scaled_error=0.5,
        baseline_wis=100.0 if horizon < 4 else 70.0,
        baseline_log_wis=1.0,
        baseline_crps=100.0,
        covered_50=inside and bool(place % 2),
        covered_80=inside,
        covered_95=True,
        median=MEDIAN if model == "auto" else None,
        lower_80=LOWER if model == "auto" else None,
        upper_80=UPPER if model == "auto" else None,
    )


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service on a record with some scores of one series."""
    from app.observations import bundled_record  # noqa: PLC0415

    url = SQLiteStores(tmp_path_factory.mktemp("scored")).create()
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        bundled_record.load_bundled_record(session, bundled_record.BundledRecord(), recorded_at=NOW)
        series = store.find_series(session, "usbp.southwest")
        assert series is not None
        near = [score(series.id, place, 1, inside=place < INSIDE) for place in range(COUNT)]
        far = [score(series.id, place, 12, inside=True) for place in range(COUNT - 12)]
        others = [
            score(series.id, place, 1, inside=place % 2 == 0, model="theta")
            for place in range(COUNT)
        ]
        known = {one.period: one.value for one in store.history(session, series.id)}
        counted = [
            one._replace(observed=float(known[one.target] or 0)) for one in near + far + others
        ]
        scores.forget_hindcast(session)
        scores.add_scores(session, counted)
        keep_outcomes(session, changed_outcomes(session))
    database.close()
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        yield client


def test_the_page_counts_how_often_the_figure_fell_inside(scored: TestClient) -> None:
    text = re.sub(r"<[^>]+>", "", scored.get("/?series=usbp.southwest&part=track-record").text)
    assert (
        f"Of {COUNT} forecasts made 1–3 months ahead, {INSIDE} had the actual figure inside "
        "their 80% range: 7.4 out of 10. The goal is 8 out of 10."
    ) in text
    assert "16% smaller" in text
    assert "20% larger" in text
    assert (
        "180 forecasts in all, for months from February 2016 to January 2024: "
        "90 hindcasts from figures as known at the time and "
        "90 hindcasts from figures as published later."
    ) in text


def test_a_series_without_scores_of_its_own_is_spoken_for_by_all(scored: TestClient) -> None:
    assert (
        "These scores are for all series together"
        in scored.get("/?series=usbp.southwest.tucson&part=track-record").text
    )


def test_the_chart_shows_the_same_shares(scored: TestClient) -> None:
    drawn = scored.get("/charts/track-record.json?series=usbp.southwest").json()
    shares = {
        row["share"] for rows in drawn["datasets"].values() for row in rows if "inside" in row
    }
    assert round(100 * INSIDE / COUNT, 1) in shares
    names = {row["ahead"] for rows in drawn["datasets"].values() for row in rows if "ahead" in row}
    assert names == {"1–3 months", "7–12 months"}
    below = {
        row["ahead"]: row["below"]
        for rows in drawn["datasets"].values()
        for row in rows
        if row.get("level") == 80
    }
    assert below == {"1–3 months": False, "7–12 months": True}  # there both shares are 100%
    for form in ("svg", "png"):
        assert scored.get(f"/charts/track-record.{form}?series=usbp.southwest").status_code == 200


def test_before_the_months_were_published_nothing_was_scored(scored: TestClient) -> None:
    answer = scored.get("/charts/track-record.svg?series=usbp.southwest&as_of=2015-01-01")
    assert answer.status_code == 404
    assert answer.json()["title"] == "Nothing scored yet"


@pytest.mark.parametrize(
    "asked",
    [
        "?series=usbp.southwest&part=track-record",
        "?as_of=2022-03-10&part=track-record",
        "?series=usbp.southwest.tucson&as_of=2022-03-10&part=track-record",
    ],
)
def test_the_listed_calls_answer_what_the_page_shows(scored: TestClient, asked: str) -> None:
    text = scored.get(f"/{asked}").text
    calls = [unescape(call) for call in re.findall(r'<li><a href="([^"]+)"><code>GET', text)]
    answers = {call.partition("?")[0]: scored.get(call).json() for call in calls}
    total = re.search(r"(\d+) forecasts in all", text)
    assert total is not None
    scores = answers["/evaluation"]["scores"]
    assert [int(total[1])] == [
        one["cells"] for one in scores if (one["model"], one["by"]) == ("auto", "all")
    ]
    past = re.search(r'href="(/evaluation/forecasts[^"]+)"', text)
    shown = re.search(r"of (\d+) figures fell inside", text)
    assert (past is None) == (shown is None) == ("tucson" in asked)
    if past and shown:
        rows = scored.get(unescape(past[1])).text.splitlines()[1:]
        assert len(rows) == int(shown[1])


def figures(client: TestClient, **asked: str) -> dict[str, int]:
    history = client.get("/history", params={"series": "usbp.southwest"} | asked).json()[
        "observations"
    ]
    return {one["period"]: one["value"] for one in history if one["qualifier"] == "exact"}


def table(client: TestClient, name: str, address: str) -> list[list[str]]:
    """The rows of a table of the page, as they are read."""
    found = re.search(
        rf'<table id="{name}">.*?<tbody>(.*?)</tbody>', client.get(address).text, re.DOTALL
    )
    assert found is not None
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?>(.*?)</tr>", found[1], re.DOTALL)
    ]


def came(value: int) -> str:
    return "▲ above" if value > UPPER else "▼ below" if value < LOWER else "inside"


def test_each_past_forecast_stands_beside_the_figure_that_came(scored: TestClient) -> None:
    known = figures(scored)
    months = [FIRST + COUNT - back for back in range(36)]
    assert table(scored, "past-months", "/?series=usbp.southwest&part=track-record") == [
        [
            f"{month.first_day:%B %Y}",
            f"{known[str(month)]:,}",
            f"{LOWER:,}\u00a0– {UPPER:,}",
            came(known[str(month)]),
            f"{MEDIAN:,}",
            f"hindcast from figures through {(month - 1).first_day:%B %Y}",
        ]
        for month in months
    ]


def test_the_past_is_told_in_spanish_too(scored: TestClient) -> None:
    newest = table(scored, "past-months", "/?series=usbp.southwest&lang=es&part=track-record")[0]
    assert (newest[0], newest[3]) == ("enero de 2024", "▲ por encima")
    assert newest[-1] == "retrospectivo, con cifras hasta diciembre de 2023"


def test_on_a_past_day_the_past_ends_with_the_figures_of_that_day(scored: TestClient) -> None:
    asked = "2022-03-10"
    known = figures(scored, as_of=asked)
    rows = table(scored, "past-months", f"/?as_of={asked}&part=track-record")
    assert rows[0][0] == f"{Month.parse(max(known)).first_day:%B %Y}"
    assert rows[0][1] == f"{known[max(known)]:,}"


def test_forecasts_made_longer_before_can_be_chosen(scored: TestClient) -> None:
    text = scored.get("/?ahead=7-12").text
    assert re.search(r'<a id="ahead-7-12"[^>]* aria-current="true">7 to 12 months</a>', text)
    newest = table(scored, "past-months", "/?ahead=7-12")[0]
    assert newest[-1] == f"hindcast from figures through {(FIRST + COUNT - 13).first_day:%B %Y}"
    assert re.search(r'src="/charts/past-forecasts\.svg\?[^"]*ahead=7-12', text)


def test_models_are_compared_with_the_smallest_error_first(scored: TestClient) -> None:
    relative = (84 * COUNT + 84 * (COUNT - 12)) / (100 * COUNT + 70 * (COUNT - 12))
    inside = (INSIDE + COUNT - 12) / (2 * COUNT - 12)
    assert table(scored, "compared", "/?series=usbp.southwest&part=track-record") == [
        ["Theta", f"{COUNT}", "0.84", "50%"],
        ["auto (shown here)", f"{2 * COUNT - 12}", f"{relative:.2f}", f"{100 * inside:.0f}%"],
    ]


@pytest.mark.parametrize("years", [1, 50])
def test_the_chart_of_past_forecasts_marks_what_came_outside(
    scored: TestClient, years: int
) -> None:
    asked = {"series": "usbp.southwest", "years": str(years)}
    drawn = scored.get("/charts/past-forecasts.json", params=asked).json()
    marks: dict[str, dict[str, int]] = {}
    for layer in drawn["layer"]:
        kind = layer["mark"].get("shape", layer["mark"]["type"])
        rows = drawn["datasets"][layer["data"]["name"]]
        marks[kind] = {row["period"]: row.get("value") for row in rows if "period" in row}
    months = {str(FIRST + COUNT - back) for back in range(min(12 * years, COUNT))}
    known = {period: value for period, value in figures(scored).items() if period in months}
    assert marks.get("circle", {}) == {
        period: value for period, value in known.items() if came(value) == "inside"
    }
    for shape, place in (("triangle-up", "▲ above"), ("triangle-down", "▼ below")):
        expected = {period: value for period, value in known.items() if came(value) == place}
        assert marks.get(shape, {}) == expected
    said = f"{len(marks.get('circle', {}))} of {len(known)} figures fell inside the 80% range."
    assert said in " ".join(drawn["title"]["subtitle"])


def test_the_chart_of_past_forecasts_comes_as_a_picture_that_says_its_source(
    scored: TestClient,
) -> None:
    svg = scored.get(
        "/charts/past-forecasts.svg?series=usbp.southwest&lang=es&theme=dark&width=360"
    ).text
    for said in ("Fuente: CBP", "con lo que se sabía", "#ff9f66"):
        assert said in svg
    png = scored.get("/charts/past-forecasts.png?series=usbp.southwest&ahead=4-6")
    assert (png.status_code, png.json()["title"]) == (404, "Nothing scored yet")
