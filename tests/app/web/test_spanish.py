"""The page in Spanish is Spanish all the way, or says where it is not."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.dependencies import services_of
from app.errors import NotReady
from app.forecasts.specification import Specification
from app.languages import words
from app.observations import store
from app.web.localization import explain_problem, translate_warning
from app.web.pages import render_page
from app.web.query import Addresses, PageQuery, Part
from app.web.view_model import build_page
from forecasting import FitWarning, MeasurementNoise, MonthlySeries, forecast
from forecasting.fit_warnings import CODES
from tests.conftest import NOW

pytestmark = pytest.mark.slow

ADDRESS = re.compile(r"https?://\S+")
SPOKEN = ("alt", "aria-label", "content", "title")  # attributes that readers are told
WITHOUT_END = ("meta", "link", "input", "img", "source", "br")
ENGLISH = re.compile(
    r"\b(the|of|and|by|from|is|are|with|that|for|since|until|figures?|published|rounded|counts?|border|"
    r"encounters?|months?|series has)\b",
    re.IGNORECASE,
)


class Said(HTMLParser):
    """What a page says outside of what it marks as English."""

    def __init__(self) -> None:
        super().__init__()
        self.english: list[bool] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = given.get("lang") == "en" or tag in ("code", "script", "style")
        inside = marked or (bool(self.english) and self.english[-1])
        if not inside:
            self.texts += [text for name in SPOKEN if (text := given.get(name))]
        if tag not in WITHOUT_END:
            self.english.append(inside)

    def handle_endtag(self, tag: str) -> None:
        self.english.pop()

    def handle_data(self, data: str) -> None:
        if not self.english[-1:] or not self.english[-1]:
            self.texts.append(data)


def english(html: str) -> list[str]:
    """What is English and not marked so; addresses are in no language."""
    said = Said()
    said.feed(html)
    return [text for text in said.texts if ENGLISH.search(ADDRESS.sub("", text))]


def test_what_is_english_is_found_where_it_is_not_marked() -> None:
    assert english('<p lang="es">de <b lang="en">Rounded by <i>OHSS</i></b></p>') == []
    assert english('<p><img alt="Counted since"><b>Rounded to 10</b></p>') == [
        "Counted since",
        "Rounded to 10",
    ]


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.trial)])
def test_no_bundled_series_has_an_english_note_on_its_spanish_page(
    sqlite_client: TestClient, every: int
) -> None:
    app, in_spanish = sqlite_client.app, words("es")
    assert isinstance(app, FastAPI)
    with services_of(app).database.reading() as session:
        known = store.all_series(session)
        assert len(known) == 159
        for place, series in enumerate(known[::every]):  # every part comes again and again
            query = PageQuery(series=series.key, lang="es", part=list(Part)[place % len(Part)])
            shown = build_page(
                session,
                query,
                in_spanish,
                today=NOW.date(),
                issued=None,
                paths=None,
                reported=None,
                assumed=None,
                computing=True,
                model=Specification("auto", seed=0),
            )
            addresses = Addresses(query, "es", "", "http://testserver")
            assert english(render_page(shown, in_spanish, addresses).decode()) == [], series.key


@pytest.mark.parametrize(
    "asked",
    ["series=usbp.tuscon", "as_of=2001-01-01", "as_of=2999-01-01", "as_of=ayer", "years=7&scale=x"],
)
def test_what_was_wrong_is_said_in_spanish(sqlite_client: TestClient, asked: str) -> None:
    assert english(sqlite_client.get(f"/?lang=es&{asked}").text) == []


def test_what_a_forecast_says_of_itself_is_said_in_spanish() -> None:
    walk = np.exp(9 + 0.1 * np.sin(np.arange(60)))
    walk[-1] *= 10
    errors = [None] * 59 + [MeasurementNoise(scale=0.005, outlier_probability=0.2)]
    rumor = forecast(MonthlySeries("2019-06", walk, errors), 12, "log-random-walk", seed=0)
    wild = MonthlySeries("2023-01", [1, 100_000, 1, 100_000, 1, 100_000, 1, 90_000])
    held = forecast(wild, 36, "log-random-walk", seed=0)
    [rumored], [bounded] = rumor.warnings, held.warnings
    assert "mayo de 2024" in translate_warning(rumored, words("es"))
    assert re.search(
        r"el \d+\.\d\u00a0% de los valores .* 1,000 veces", translate_warning(bounded, words("es"))
    )
    replaced = FitWarning(
        "model_replaced",
        {"model": "auto", "replacement": "log-random-walk"},
        FitWarning("not_finite"),
    )
    for warning in (rumored, bounded, replaced):
        assert english(translate_warning(warning, words("es"))) == []


def test_every_warning_of_a_fit_but_that_of_a_library_has_a_spanish_text() -> None:
    spanish = {code for code in CODES if words("es").name("warning", code, "")}
    assert spanish == set(CODES) - {"library"}


def test_what_has_no_translation_is_marked_as_english() -> None:
    for said in (
        translate_warning(FitWarning("library", {"text": "the matrix is <singular>"}), words("es")),
        *explain_problem(NotReady("the"), {}, words("es")),
    ):
        assert 'lang="en"' in said
        assert "<singular>" not in said
    assert (
        translate_warning(
            FitWarning("library", {"text": "overflow encountered in exp"}), words("en")
        )
        == "overflow encountered in exp"
    )
