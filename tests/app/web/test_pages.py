"""The page as the server writes it: addresses, headers, errors, languages."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.charts.renderer import ChartRenderer
from app.charts.style import PALETTES
from app.dependencies import services_of
from app.forecasts.specification import Specification
from app.languages import words
from app.web.assets import FOLDER, asset_names, assets
from app.web.figure_text import Change
from app.web.prerender import warm_up_first_chart
from forecasting import Month
from tests.conftest import NOW

STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
}


def test_the_page_allows_nothing_but_its_own_files(sqlite_client: TestClient) -> None:
    answer = sqlite_client.get("/")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert set(policy.split("; ")) >= STRICT
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", answer.text)


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/?series=usbp.southwest", "http://testserver/?series=usbp.southwest"),
        ("/?series=usbp.southwest.tucson", "http://testserver/?series=usbp.southwest.tucson"),
        ("/?years=10&scale=log&lang=es", "http://testserver/?series=usbp.southwest"),
        (
            "/?as_of=2024-05-10&utm_source=x",
            "http://testserver/?series=usbp.southwest&amp;as_of=2024-05-10",
        ),
    ],
)
def test_each_view_has_one_address_title_and_preview(
    sqlite_client: TestClient, asked: str, canonical: str
) -> None:
    text = sqlite_client.get(asked).text
    assert f'<link rel="canonical" href="{canonical}">' in text
    title = re.search(r"<title>(.*?)</title>", text)
    assert title is not None
    assert re.fullmatch(r".+, .+: .*[\d,]+ (in|en) .+ · Bordercast", title[1])
    preview = re.search(r'<meta property="og:image" content="http://testserver(.*?)">', text)
    assert preview is not None
    picture = sqlite_client.get(preview[1].replace("&amp;", "&"))
    assert picture.headers["content-type"] == "image/png"


def test_the_overview_keeps_its_former_address(sqlite_client: TestClient) -> None:
    answer = sqlite_client.get("/overview?lang=es&search=tucson", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "/?lang=es&search=tucson"


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("", 'id="plan"'),
        ("&ahead=7-12", 'id="track"'),
        ("&part=track-record", 'id="track"'),
        ("&part=what-if", 'id="report"'),
        ("&reported=9000", 'id="report"'),
        ("&part=data", 'id="revisions"'),
    ],
)
def test_a_part_has_an_address_and_asks_only_for_what_it_shows(
    sqlite_client: TestClient, asked: str, there: str
) -> None:
    sqlite_client.get("/forecast?series=usbp.southwest")
    text = sqlite_client.get(f"/?series=usbp.southwest{asked}").text
    headings = {'id="plan"', 'id="track"', 'id="report"', 'id="revisions"'}
    assert {heading for heading in headings if heading in text} == {there}
    parts = re.findall(r'<a id="part-[a-z-]+" href="([^"]+)"( aria-current="page")?', text)
    assert [address for address, _ in parts] == [
        "/?series=usbp.southwest",
        *(
            f"/?series=usbp.southwest&amp;part={part}"
            for part in ("track-record", "what-if", "data")
        ),
    ]
    assert sum(bool(current) for _, current in parts) == 1


@pytest.mark.parametrize("asked", ["as_of=2024-05-10", "years=10&scale=log", "ahead=7-12&lang=es"])
def test_shared_addresses_without_a_series_lead_to_the_first_one(
    sqlite_client: TestClient, asked: str
) -> None:
    page = sqlite_client.get(f"/?{asked}").text
    assert '<option value="usbp.southwest" selected>' in page
    kept = {name: value for name, value in parse_qsl(asked) if name != "as_of"}
    link = re.search(r'<a href="([^"]+)" data-swap>(Back to|Volver)', page)
    if "as_of" in asked:  # from a replayed day one gets back to today
        assert link is not None
        assert dict(parse_qsl(urlsplit(unescape(link[1])).query)) == kept | {
            "series": "usbp.southwest"
        }


def test_a_series_without_a_record_on_a_day_offers_the_days_that_it_has(
    sqlite_client: TestClient,
) -> None:
    text = sqlite_client.get("/?series=uk.small-boats&as_of=2021-09-01").text
    assert re.search(r'name="as_of" min="\d{4}-\d\d-\d\d"', text)
    assert 'href="/?series=uk.small-boats"' in text


def test_a_fall_to_nothing_is_said_without_a_percentage() -> None:
    fall = Change(Month.of(2024, 10), 120, 0)
    assert fall.describe(words("en")) == 'Down from <data value="120">120</data> in October 2024'
    assert fall.in_sentence(words("es")) == "frente a 120 en octubre de 2024"


@pytest.mark.parametrize(
    ("series", "there"), [("usbp.northern.detroit", True), ("usbp.southwest", False)]
)
def test_a_range_above_every_month_on_record_says_which_was_the_largest(
    sqlite_client: TestClient, series: str, there: bool
) -> None:
    text = re.sub(r"<[^>]+>", "", sqlite_client.get(f"/?series={series}").text)
    assert ("The highest monthly figure on record is 350 (August 2001)." in text) == there


def test_a_page_that_has_not_changed_is_not_sent_again(sqlite_client: TestClient) -> None:
    etag = sqlite_client.get("/").headers["etag"]
    assert sqlite_client.get("/", headers={"If-None-Match": etag}).status_code == 304
    assert sqlite_client.get("/?lang=es", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("/?series=usbp.southwest.tuscon", 404, "/?series=usbp.southwest.tucson"),
        ("/?as_of=2001-01-01", 422, "2021-08-01"),
        ("/?as_of=2999-01-01", 422, "2999-01-01"),
        ("/?as_of=yesterday", 422, "2024-05-16"),
        ("/?years=7", 422, "years"),
        ("/?lang=de", 422, "lang"),
        ("/?series=%3Cscript%3E", 404, "&lt;script&gt;"),
    ],
)
def test_what_cannot_be_shown_is_said_on_a_page(
    sqlite_client: TestClient, asked: str, status: int, said: str
) -> None:
    answer = sqlite_client.get(asked)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert said in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "asked", ["series=usbp.tuscon&as_of=2024-05-10", "as_of=2001-01-01&years=2", "lang=de&years=7"]
)
def test_what_cannot_be_shown_is_said_at_the_same_address_in_the_other_language(
    sqlite_client: TestClient, asked: str
) -> None:
    answer = sqlite_client.get(f"/?{asked}")
    link = re.search(r'<a href="([^"]+)" lang="es"', answer.text)
    assert link is not None
    address = urlsplit(unescape(link[1]))
    assert dict(parse_qsl(address.query)) == dict(parse_qsl(asked)) | {"lang": "es"}
    other = sqlite_client.get(address.geturl())
    assert (other.headers["content-language"], other.status_code) == ("es", answer.status_code)


def test_series_that_may_be_meant_are_named(sqlite_client: TestClient) -> None:
    for lang, name in (
        ("en", "Border Patrol encounters, Tucson sector"),
        ("es", "sector de Tucson"),
    ):
        text = sqlite_client.get(f"/?series=usbp.southwest.tuscon&lang={lang}").text
        assert re.search(rf'tucson[^"]*">[^<]*{name}</a> <code>usbp.southwest.tucson</code>', text)


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de,en;q=0.5,es;q=0.4", "en"),
        ("de", "en"),
        ("en;q=0.1, es;q=0.2", "es"),
        ("es;q=0", "en"),
        ("*;q=x", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_likes_best(
    sqlite_client: TestClient, wish: str, language: str
) -> None:
    answer = sqlite_client.get("/?series=nothing", headers={"Accept-Language": wish})
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]


def test_files_are_kept_for_ever_under_names_of_their_content(sqlite_client: TestClient) -> None:
    assert set(asset_names()) == {"page.css", "page.js", "icon.svg"}
    for name in assets():
        answer = sqlite_client.get(f"/assets/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert sqlite_client.get("/assets/page.000000000000.css").status_code == 404


def test_what_draws_charts_comes_with_the_installed_packages(sqlite_client: TestClient) -> None:
    address = re.search(r'data-vega="(/assets/vega.*?\.js)"', sqlite_client.get("/?years=5").text)
    assert address is not None
    packed, plain = (
        sqlite_client.get(address[1], headers={"Accept-Encoding": coding})
        for coding in ("gzip", "identity")
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    for bundle in (packed, plain):
        assert "immutable" in bundle.headers["cache-control"]
        assert "Accept-Encoding" in bundle.headers["vary"]
        assert "window.vegaEmbed" in bundle.text


def test_the_first_chart_is_drawn_before_it_is_asked_for(sqlite_client: TestClient) -> None:
    text = sqlite_client.get("/?series=usbp.southwest").text  # the forecast is there from now on
    picture = re.search(r'<img src="(/charts/forecast.svg.*?)"', text)
    live = re.search(r'data-spec="(/charts/forecast.json.*?)"', text)
    assert picture is not None
    assert live is not None
    app = sqlite_client.app
    assert isinstance(app, FastAPI)
    before = services_of(app)
    with ChartRenderer() as charts:
        app.state.services = replace(before, charts=charts)
        warm_up_first_chart(before.database, lambda: NOW, charts, Specification("auto", seed=0))
        assert charts.cache_size == 2
        for address in (picture[1], live[1].replace("width=0", "width=960")):
            assert sqlite_client.get(address.replace("&amp;", "&")).status_code == 200
        assert charts.cache_size == 2
    app.state.services = before


def test_the_style_sheet_knows_every_color_of_the_charts() -> None:
    """Live charts are drawn for light paper; the style sheet turns their colors into the page's."""
    css = (FOLDER / "page.css").read_text(encoding="utf-8")
    light, dark = PALETTES.values()
    for name in ("paper", "ink", "quiet", "hairline", "accent", "outside"):
        color = getattr(light, name)
        assert f"--{name}: {color};" in css
        assert f"--{name}: {getattr(dark, name)};" in css
        assert re.search(rf'\.chart \[(fill|stroke)="{color}"\] \{{ \1: var\(--{name}\); \}}', css)
