"""Fetching from a real server that behaves as publishers' sites do, well and badly."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.sources.failures import AccessDenied, AskedToWait, NotFound, NotTheFile, Unreachable
from app.sources.fetching import Download, FetchLimits, Validators, open_fetcher
from tests.app.sources.site import Answer, Site, open_site

pytestmark = pytest.mark.slow

LIMITS = FetchLimits(
    connect_seconds=2,
    silence_seconds=0.5,
    whole_seconds=3,
    slow_seconds=0.3,
    least_bytes_per_second=2_000,
    attempts=3,
    first_pause_seconds=0.02,
    longest_pause_seconds=2,
)
BODY = b"Fiscal Year,Month\n" * 1000


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


def ask(
    site: Site,
    path: str = "/file.csv",
    known: Validators | None = None,
    *,
    largest: int = 10**6,
    limits: FetchLimits = LIMITS,
    **options: Any,
) -> tuple[bytes, Download] | None:
    """Body, and what else is known of a download; None if it is as it was."""

    async def fetch() -> tuple[bytes, Download] | None:
        async with (
            open_fetcher(limits=limits, **options) as fetcher,
            fetcher.get(
                site.address(path), known or Validators(), accept="*/*", largest=largest
            ) as download,
        ):
            return None if download is None else (download.body.read(), download)

    return asyncio.run(fetch())


def get(site: Site, path: str = "/file.csv", **options: Any) -> tuple[bytes, Download]:
    """The same of what has to come."""
    found = ask(site, path, **options)
    assert found is not None
    return found


def test_a_file_comes_whole_with_its_checksum_and_its_day(site: Site) -> None:
    site.serve(
        "/file.csv", Answer(BODY, "text/csv", modified=datetime(2026, 9, 16, 23, 30, tzinfo=UTC))
    )
    body, download = get(site)
    assert body == BODY
    assert (download.size, download.modified_on, download.media_type) == (
        len(BODY),
        date(2026, 9, 16),
        "text/csv",
    )
    assert len(download.checksum) == 64


def test_a_client_says_its_own_name_unless_it_is_told_another(site: Site) -> None:
    site.serve("/file.csv", Answer(BODY))
    get(site)
    get(site, user_agent="Mozilla/5.0 (my own choice)")
    agents = [asked.headers["user-agent"] for asked in site.asked]
    assert agents[0].startswith("Bordercast/")
    assert agents[1] == "Mozilla/5.0 (my own choice)"


@pytest.mark.parametrize(
    "answer", [Answer(BODY, etag=True), Answer(BODY, modified=datetime(2026, 9, 1, tzinfo=UTC))]
)
def test_what_is_as_it_was_is_not_sent_again(site: Site, answer: Answer) -> None:
    site.serve("/file.csv", answer)
    _, download = get(site)
    assert ask(site, known=download.validators) is None
    assert site.statuses("/file.csv") == [200, 304]


def test_redirects_are_followed(site: Site) -> None:
    site.redirect("/file.csv", "/moved/file.csv")
    site.serve("/moved/file.csv", Answer(BODY))
    body, download = get(site)
    assert body == BODY
    assert download.address == site.address("/moved/file.csv")


def test_a_circle_of_redirects_is_given_up(site: Site) -> None:
    site.redirect("/file.csv", "/file.csv")
    with pytest.raises(Unreachable, match="redirects in a circle"):
        get(site)


def test_a_refusal_is_final_and_says_what_can_be_set(site: Site) -> None:
    site.refused_agents = ("Bordercast",)
    site.serve("/file.csv", Answer(BODY))
    with pytest.raises(AccessDenied, match=r"403 Forbidden.*'Bordercast/.*BORDERCAST_USER_AGENT"):
        get(site)
    assert site.statuses("/file.csv") == [403]
    assert get(site, user_agent="another")[0] == BODY


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_site_is_asked_again(site: Site, status: int) -> None:
    site.serve("/file.csv", Answer(status=status), Answer(status=status), Answer(BODY))
    assert get(site)[0] == BODY
    assert site.statuses("/file.csv") == [status, status, 200]


def test_a_site_that_stays_busy_is_given_up(site: Site) -> None:
    site.serve("/file.csv", Answer(status=503))
    with pytest.raises(Unreachable, match="503 Service Unavailable, however often"):
        get(site)
    assert site.statuses("/file.csv") == [503] * 3


def test_a_site_is_left_alone_for_as_long_as_it_asks(site: Site) -> None:
    site.serve("/file.csv", Answer(status=429, headers={"Retry-After": "1"}), Answer(BODY))
    started = datetime.now(UTC)
    assert get(site)[0] == BODY
    assert (datetime.now(UTC) - started).total_seconds() >= 1


def test_a_site_that_asks_for_a_long_wait_is_not_asked_again_now(site: Site) -> None:
    site.serve("/file.csv", Answer(status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(AskedToWait, match="asks to wait 3,600 seconds"):
        get(site)
    assert site.statuses("/file.csv") == [429]


def test_pauses_grow_and_are_told(site: Site) -> None:
    site.serve("/file.csv", Answer(status=503))
    told: list[str] = []
    with pytest.raises(Unreachable):
        get(site, tell=told.append)
    assert len(told) == 2
    assert all("Trying again in" in sentence for sentence in told)


def test_a_file_that_is_cut_on_its_way_is_asked_for_again_and_never_taken(site: Site) -> None:
    site.serve("/file.csv", Answer(BODY, cut_at=5000), Answer(BODY))
    assert get(site)[0] == BODY
    site.serve("/file.csv", Answer(BODY, cut_at=5000))
    with pytest.raises(Unreachable, match="the answer broke off"):
        get(site)


def test_a_site_that_falls_silent_is_given_up(site: Site) -> None:
    site.serve("/file.csv", Answer(BODY, pieces=2, pause=2))
    with pytest.raises(Unreachable, match="no answer in time"):
        get(site)


def test_a_body_that_trickles_is_given_up(site: Site) -> None:
    site.serve("/file.csv", Answer(BODY[:1000], pieces=100, pause=0.02))
    with pytest.raises(Unreachable, match="came too slowly"):
        get(site)


def test_a_body_that_takes_too_long_is_given_up(site: Site) -> None:
    site.serve("/file.csv", Answer(BODY, pieces=100, pause=0.1))
    with pytest.raises(Unreachable, match="took longer than"):
        get(site, limits=FetchLimits(whole_seconds=0.5, attempts=1))


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "identity"}])
def test_a_body_that_is_too_large_is_not_read_to_its_end(
    site: Site, headers: dict[str, str]
) -> None:
    site.serve("/file.csv", Answer(BODY, headers=headers))
    with pytest.raises(NotTheFile, match="1,000"):
        get(site, largest=1000)


def test_what_does_not_exist_is_said_to_be_missing(site: Site) -> None:
    with pytest.raises(NotFound, match=r"/nothing does not exist \(404 Not Found\)"):
        get(site, "/nothing")


def test_a_site_that_is_not_there_is_unreachable(site: Site) -> None:
    site.stop()
    with pytest.raises(Unreachable, match="could not be had"):
        get(site)


def test_a_proxy_that_is_not_there_is_said_to_have_failed(site: Site) -> None:
    site.serve("/file.csv", Answer(BODY))
    with pytest.raises(Unreachable, match="could not be had"):
        get(site, proxy="http://127.0.0.1:9")
    assert site.asked == []


def test_a_proxy_is_asked_in_the_place_of_the_site(site: Site) -> None:
    """A proxy gets the whole address in the request line."""
    with open_site() as proxy:
        proxy.serve(site.address("/file.csv"), Answer(BODY))
        assert get(site, proxy=proxy.root)[0] == BODY
        assert [asked.path for asked in proxy.asked] == [site.address("/file.csv")]
    assert site.asked == []
