"""Pages are kept as bytes, and never shown once anything on them has changed."""

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.storage.database import Database
from app.web.page_cache import MOST_BYTES, PageCache, page_stamp
from tests.app.observations.publishing import figure, publish
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

SOUTHWEST: dict[str, Any] = {"series": "usbp.southwest"}


def test_a_page_shows_a_figure_that_was_loaded_after_it_was_kept(
    stores: Stores, loaded_url: str
) -> None:
    url = stores.copy(loaded_url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        client.get("/", params=SOUTHWEST)
        kept = client.get("/", params=SOUTHWEST)
        assert client.get("/", params=SOUTHWEST).headers["etag"] == kept.headers["etag"]
        database = Database(url)
        with database.writing() as session:
            publish(session, "cbp", "2026-10-20", figure("usbp.southwest", "2026-09", 12_345))
        database.close()
        assert "12,345" not in kept.text
        assert "12,345" in client.get("/", params=SOUTHWEST).text
    stores.drop(url)


def test_every_language_and_address_has_a_page_of_its_own(sqlite_client: TestClient) -> None:
    english = sqlite_client.get("/", params=SOUTHWEST).text
    assert sqlite_client.get("/", params=SOUTHWEST | {"lang": "es"}).text != english
    elsewhere = sqlite_client.get("/", params=SOUTHWEST, headers={"Host": "example.org"}).text
    assert "http://example.org/" in elsewhere
    assert sqlite_client.get("/", params=SOUTHWEST).text == english


def test_the_stamp_changes_with_the_day_and_with_releases(loaded_copy: Database) -> None:
    today = date(2026, 11, 25)
    with loaded_copy.reading() as session:
        first = page_stamp(session, today)
        assert page_stamp(session, today) == first
        assert page_stamp(session, date(2026, 11, 26)) != first
    with loaded_copy.writing() as session:
        publish(session, "cbp", "2026-10-20", figure("usbp.southwest", "2026-09", 1))
    with loaded_copy.reading() as session:
        assert page_stamp(session, today) != first


def test_the_pages_that_were_asked_for_last_are_kept_within_a_bound() -> None:
    cache = PageCache()
    page = b"x" * (MOST_BYTES // 4)
    for number in range(6):
        cache.put(number, page)
    assert cache.get(0) is None
    assert cache.get(5) == page
    cache.put("too large", b"x" * (MOST_BYTES + 1))
    assert cache.get("too large") is None
