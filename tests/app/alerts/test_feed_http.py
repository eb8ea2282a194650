"""GET /feed.atom: valid by RFC 4287, ordered, with ids that last."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.observations.retraction import retract
from app.storage.database import Database
from tests.app.alerts.validator import InvalidFeed, require_grammar
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"
SERIES, OTHER = "a.border", "b.border"


class Own(NamedTuple):
    """A service with a store and a clock of its own."""

    client: TestClient
    database: Database
    moments: list[datetime]

    def issue(self) -> None:
        """Have a forecast of today's figures issued an hour after whatever was before."""
        self.moments.append(self.moments[-1] + timedelta(hours=1))
        asked = {"series": SERIES, "fresh": "true"}
        response = self.client.get("/forecast", params=asked)
        assert response.status_code == 200, response.text

    def publish(self, day: str, period: str, value: int) -> int:
        """Have a figure published half an hour after whatever was before; returns the release."""
        at = self.moments[-1] + timedelta(minutes=30)
        with self.database.writing() as session:
            return publish(
                session, "cbp", day, figure(SERIES, period, value), recorded_at=at
            ).release

    def feed(self, series: str | None = None) -> Element:
        response = self.client.get("/feed.atom", params={"series": series} if series else {})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/atom+xml"
        return fromstring(response.content)

    def surprises(self) -> list[dict[str, Any]]:
        answer = self.client.get("/evaluation/surprises", params={"only": "true"})
        return list(answer.json()["surprises"])


@pytest.fixture
def own(stores: Stores, migrated_url: str) -> Iterator[Own]:
    """The service on a store with two series of thirty months."""
    moments = [NOW]
    url = stores.copy(migrated_url)
    database = Database(url)
    with database.writing() as session:
        for key in (SERIES, OTHER):
            make_series(session, key)
            months = [
                figure(key, f"{2023 + month // 12}-{month % 12 + 1:02}", 1000 + month % 7)
                for month in range(45)
            ]
            publish(session, "cbp", "2026-10-15", *months, recorded_at=NOW)
    with TestClient(
        create_app(Settings(database_url=url, refresh=False), clock=lambda: moments[-1])
    ) as client:
        yield Own(client, database, moments)
    database.close()
    stores.drop(url)


def texts(feed: Element, name: str) -> list[str]:
    return [entry.findtext(f"{ATOM}{name}") or "" for entry in feed.iter(f"{ATOM}entry")]


def surprises_in(feed: Element) -> list[tuple[str, str, str]]:
    """Id, instant and text of every surprise."""
    entries = zip(
        texts(feed, "id"), texts(feed, "updated"), texts(feed, "summary"), kinds(feed), strict=True
    )
    return [(one, at, summary) for one, at, summary, kind in entries if kind == "surprise"]


def kinds(feed: Element) -> list[str]:
    return [
        entry.findall(f"{ATOM}category")[0].get("term", "") for entry in feed.iter(f"{ATOM}entry")
    ]


def require_valid(feed: Element) -> None:
    """RFC 4287: the grammar, and sections 4.1.1 and 4.1.2 on what a feed and an entry must have."""
    require_grammar(tostring(feed))
    assert feed.tag == f"{ATOM}feed"
    for node in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{ATOM}{name}")) == 1, name
            assert node.findtext(f"{ATOM}{name}"), name
        assert node.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
        assert datetime.fromisoformat(node.findtext(f"{ATOM}updated", "")).tzinfo is not None
        links = node.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith("http") for link in links)
        assert [link.get("rel") for link in links].count("alternate") == 1
    authors = feed.findall(f"{ATOM}author")
    assert [author.findtext(f"{ATOM}name") for author in authors] == ["Bordercast"]
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) <= 50
    assert len(set(texts(feed, "id"))) == len(entries)
    updated = [datetime.fromisoformat(one) for one in texts(feed, "updated")]
    assert updated == sorted(updated, reverse=True)
    assert not entries or feed.findtext(f"{ATOM}updated") == texts(feed, "updated")[0]


def test_the_feed_of_the_record_is_valid_and_has_at_most_fifty_entries(client: TestClient) -> None:
    for address in ("/feed.atom", "/feed.atom?series=usbp.southwest"):
        feed = fromstring(client.get(address).content)
        require_valid(feed)
        assert len(texts(feed, "id")) == 50
        assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"http://testserver{address}"  # type: ignore[union-attr]


def test_a_release_and_the_forecast_it_moved_are_told_newest_first(own: Own) -> None:
    own.issue()
    before = own.feed(SERIES)
    own.publish("2026-11-20", "2026-10", 9000)
    own.issue()
    after = own.feed(SERIES)
    require_valid(after)
    assert kinds(before) == ["release"]
    assert kinds(after)[0] == "forecast"
    assert "release" in kinds(after)[1:]
    assert "2026-11-20T00:00:00Z" in texts(after, "published")
    assert "October 2026: 9,000 encounters" in " ".join(texts(after, "summary"))
    assert "forecast" in kinds(own.feed())
    assert "forecast" not in kinds(own.feed(OTHER))


def test_a_figure_far_from_its_forecast_is_a_surprise(own: Own) -> None:
    own.issue()
    own.publish("2026-11-20", "2026-10", 90_000)
    own.moments.append(own.moments[-1] + timedelta(hours=1))
    feed = own.feed()
    assert "surprise" in kinds(feed)
    assert "surprise" in kinds(own.feed(SERIES))
    assert "surprise" not in kinds(own.feed(OTHER))


def test_a_surprise_stays_as_it_was_told_until_its_release_is_retracted(own: Own) -> None:
    own.issue()
    release = own.publish("2026-11-20", "2026-10", 90_000)
    own.moments.append(own.moments[-1] + timedelta(hours=1))
    (told,) = surprises_in(own.feed())
    (listed,) = own.surprises()
    assert (listed["period"], listed["value"], listed["newest"]) == ("2026-10", 90_000, True)
    own.issue()
    own.publish("2026-11-21", "2026-11", 90_100)
    own.moments.append(own.moments[-1] + timedelta(hours=1))
    assert told in surprises_in(own.feed())
    assert own.surprises()[0] == listed | {"newest": False}
    own.publish("2026-11-22", "2026-10", 89_000)
    own.moments.append(own.moments[-1] + timedelta(hours=1))
    assert told in surprises_in(own.feed()), "also when the figure is restated"
    with own.database.writing() as session:
        retract(session, release, now=own.moments[-1])
    assert told not in surprises_in(own.feed())
    assert 90_000 not in [entry["value"] for entry in own.surprises()]


def test_a_forecast_that_hardly_moved_is_not_told(own: Own) -> None:
    own.issue()
    own.publish("2026-11-20", "2026-10", 1003)
    own.issue()
    assert "forecast" not in kinds(own.feed(SERIES))


def test_ids_last_as_time_passes_and_more_happens(own: Own) -> None:
    seen: list[str] = []
    for number, value in enumerate((9000, 30_000, 500)):
        own.issue()
        own.publish(f"2026-11-{20 + number}", "2026-10", value)
        own.issue()
        feed = own.feed()
        require_valid(feed)
        told = texts(feed, "id")
        assert [one for one in told if one in seen] == seen
        assert texts(own.feed(), "id") == told
        seen = told


def test_a_retracted_release_keeps_its_id_and_is_told_again(own: Own) -> None:
    release = own.publish("2026-11-20", "2026-10", 9000)
    told = texts(own.feed(), "id")[0]
    with own.database.writing() as session:
        retract(session, release, now=NOW + timedelta(days=1))
    feed = own.feed()
    require_valid(feed)
    assert texts(feed, "id")[0] == told
    assert texts(feed, "title")[0].startswith("Retracted: ")


def test_a_reader_with_the_newest_feed_gets_304_until_something_happens(own: Own) -> None:
    etag = own.client.get("/feed.atom").headers["etag"]
    assert not etag.startswith("W/")
    known = {"If-None-Match": etag}
    assert own.client.get("/feed.atom", headers=known).status_code == 304
    own.publish("2026-11-20", "2026-10", 9000)
    assert own.client.get("/feed.atom", headers=known).status_code == 200


def test_a_store_without_anything_has_a_valid_feed(database: Database) -> None:
    settings = Settings(database_url=str(database.url.render_as_string(False)), refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        require_valid(fromstring(client.get("/feed.atom").content))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<id>urn:uuid", b"<identifier>urn:uuid"),
        (b"<updated>2026-11-24T12:00:00Z", b"<updated>2026-11-24 12:00"),
        (b"<title>", b"<title type='markdown'>"),
        (b"<author>", b"<author><nickname>B</nickname>"),
        (b'<link rel="self" href=', b'<link rel="self" address='),
        (b"</author>", b"</author><title>Another</title>"),
    ],
)
def test_the_validator_refuses_what_is_no_feed(own: Own, before: bytes, after: bytes) -> None:
    document = own.client.get("/feed.atom").content
    require_grammar(document)
    damaged = document.replace(before, after)
    if after.startswith(b"<identifier>"):
        damaged = damaged.replace(b"</id>", b"</identifier>")
    assert damaged != document
    with pytest.raises(InvalidFeed):
        require_grammar(damaged)


def test_an_unknown_series_and_an_unknown_parameter_are_named(client: TestClient) -> None:
    assert client.get("/feed.atom?series=nowhere").status_code == 404
    refused = client.get("/feed.atom?serie=usbp.southwest")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "serie"


def test_the_page_links_to_the_feeds(client: TestClient) -> None:
    page = client.get("/?series=usbp.southwest").text
    for address in ("/feed.atom", "/feed.atom?series=usbp.southwest"):
        assert f'href="{address}"' in page
    assert page.count('type="application/atom+xml"') == 2
