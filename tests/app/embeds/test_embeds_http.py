"""Frames that others show, oEmbed, and what the files of charts say of themselves."""

import re
import struct
from collections.abc import Iterator
from html import unescape
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from httpx2 import URL

SERIES = "usbp.southwest"
HOST = "http://localhost"
LARGEST = 20_000  # bytes of a frame with its picture, as sent


@pytest.fixture
def client(sqlite_client: TestClient) -> Iterator[TestClient]:
    """The service under a name of this machine, which links may use."""
    usual, sqlite_client.base_url = sqlite_client.base_url, URL(HOST)
    yield sqlite_client
    sqlite_client.base_url = usual


@pytest.mark.parametrize(("lang", "link"), [("en", "More on Bordercast"), ("es", "Más en")])
def test_a_frame_may_be_shown_anywhere_and_runs_no_script(
    client: TestClient, lang: str, link: str
) -> None:
    frame = client.get("/embed/forecast", params={"series": SERIES, "lang": lang})
    assert frame.status_code == 200
    policy = frame.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "<script" not in frame.text
    assert link in frame.text
    assert f"series={SERIES}" in frame.text
    assert f'lang="{lang}' in frame.text
    alternative = re.search(r'alt="([^"]*)"', frame.text)
    assert alternative is not None
    assert len(alternative[1]) > 50


def test_a_frame_with_its_picture_is_small(client: TestClient) -> None:
    frame = client.get("/embed/forecast", params={"series": SERIES})
    picture = re.search(r'<img src="([^"]*)"', frame.text)
    assert picture is not None
    sent = 0
    for address in ("/embed/forecast?series=" + SERIES, unescape(picture[1])):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        sent += int(answer.headers["content-length"])
    assert sent < LARGEST


def test_a_series_that_is_not_forecast_shows_its_history(client: TestClient) -> None:
    frame = client.get("/embed/forecast?series=usbp.southwest.title-42")
    assert (frame.status_code, "/charts/history.svg" in frame.text) == (200, True)


def test_an_unknown_series_is_an_error_in_the_frame(client: TestClient) -> None:
    frame = client.get("/embed/forecast?series=nobody&lang=es")
    assert (frame.status_code, frame.headers["content-language"]) == (404, "es")
    assert "frame-ancestors *" in frame.headers["content-security-policy"]


def test_the_page_of_a_series_leads_to_its_frame(client: TestClient) -> None:
    page = client.get(f"/?series={SERIES}").text
    discovery = re.search(r'type="application/json\+oembed"[^>]*href="([^"]*)"', page)
    assert discovery is not None
    answer = client.get(unescape(discovery[1])).json()
    assert (answer["type"], answer["version"], answer["width"]) == ("rich", "1.0", 640)
    source = re.search(r'src="([^"]*)"', answer["html"])
    assert source is not None
    assert client.get(unescape(source[1])).status_code == 200
    assert answer["thumbnail_url"].startswith(f"{HOST}/charts/forecast.png?")


def test_a_frame_fits_into_the_space_that_there_is(client: TestClient) -> None:
    url = f"{HOST}/embed/history?series={SERIES}&theme=dark"
    answer = client.get("/oembed", params={"url": url, "maxwidth": 400, "maxheight": 300}).json()
    assert (answer["width"] <= 400, answer["height"] <= 300) == (True, True)
    assert "/embed/history?" in answer["html"]
    assert "theme=dark" in answer["html"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://elsewhere.example/?series=usbp.southwest", 404),
        (f"{HOST}/docs", 404),
        (f"{HOST}/?series=nobody", 404),
        ("javascript:alert(1)", 404),
    ],
)
def test_nothing_else_is_embedded(client: TestClient, url: str, status: int) -> None:
    assert client.get("/oembed", params={"url": url}).status_code == status


def test_oembed_is_json_only(client: TestClient) -> None:
    asked = {"url": f"{HOST}/", "format": "xml"}
    assert client.get("/oembed", params=asked).status_code == 501


def test_pictures_say_what_they_hold(client: TestClient) -> None:
    name = f'inline; filename="{SERIES}-history-2026-11-24'
    svg = client.get("/charts/history.svg", params={"series": SERIES})
    assert svg.headers["content-disposition"] == f'{name}.svg"'
    texts = [
        (each.tag.partition("}")[2], each.text or "") for each in ElementTree.fromstring(svg.text)
    ]
    assert [tag for tag, _ in texts[:2]] == ["title", "desc"]
    assert texts[0][1].endswith("southwest border: monthly history")
    png = client.get("/charts/history.png", params={"series": SERIES, "width": 480})
    assert png.headers["content-disposition"] == f'{name}.png"'
    assert struct.unpack(">I", png.content[16:20]) == (960,)  # two dots per pixel
    chunks = dict(re.findall(rb"iTXt(Title|Description)\0{5}([^\0]*)", png.content))
    assert b"southwest border: monthly history" in chunks[b"Title"]
    assert chunks.keys() == {b"Title", b"Description"}
