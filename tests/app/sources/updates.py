"""Asking a publisher's site for its newest file, as tests do it.

The bodies are CBP's own files of December 2024 and September 2025.
"""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.observations import store as observations
from app.observations.tables import ReleaseRow
from app.sources import store
from app.sources.fetching import FetchLimits, open_fetcher
from app.sources.outcome import LoadedFile, Outcome, Result
from app.sources.publisher import Publisher
from app.sources.publishers import PUBLISHERS
from app.sources.tables import SourceRow
from app.sources.updating import Updater
from app.storage.database import Database
from tests.app.sources.site import Answer, Site, cbp_page

FILES = Path(__file__).parent / "files"
THROUGH_AUGUST = gzip.decompress((FILES / "sbo-encounters-fy22-fy25-aug.csv.gz").read_bytes())
THROUGH_NOVEMBER = gzip.decompress((FILES / "sbo-encounters-fy22-fy25-nov.csv.gz").read_bytes())
SOUTHWEST, CBP = PUBLISHERS["cbp-southwest"], PUBLISHERS["cbp"]
PAGE = "/document/stats/southwest-land-border-encounters"
NOVEMBER = "/sites/default/files/2024-12/sbo-encounters-fy22-fy25-nov.csv"
AUGUST = "/sites/default/files/2025-09/sbo-encounters-fy22-fy25-aug.csv"
TITLE = "FY22 - FY25 (FYTD) Southwest Land Border Encounters"
CLOSED = datetime(2025, 9, 19, 20, tzinfo=UTC)  # when the file through August was made
NOW = datetime(2025, 9, 24, 12, tzinfo=UTC)
LIMITS = FetchLimits(silence_seconds=2, attempts=2, first_pause_seconds=0.01)
SERIES = ("usbp.southwest", "ofo.southwest", "cbp.southwest", "usbp.southwest.single-adults")


def offer(
    site: Site,
    *paths: str,
    body: bytes = THROUGH_AUGUST,
    modified: datetime | None = CLOSED,
    page_etag: bool = True,
    **answer: Any,
) -> None:
    """Have the site's page link files, the first of which holds the body."""
    links = [(f"{TITLE} - {path.rpartition('-')[2]}", path) for path in paths]
    site.serve(PAGE, Answer(cbp_page(links, modified="Sep 22, 2025"), etag=page_etag))
    site.serve(paths[0], Answer(body, "text/csv", etag=True, modified=modified, **answer))


def ask(
    database: Database,
    site: Site,
    *,
    publisher: Publisher = SOUTHWEST,
    now: datetime = NOW,
    page: str = PAGE,
    dry_run: bool = False,
    **options: Any,
) -> Outcome:
    outcome = ask_if_due(
        database, site, None, publisher=publisher, now=now, page=page, dry_run=dry_run, **options
    )
    assert outcome is not None
    return outcome


def ask_if_due(
    database: Database,
    site: Site,
    gap: timedelta | None,
    *,
    publisher: Publisher = SOUTHWEST,
    now: datetime = NOW,
    page: str = PAGE,
    dry_run: bool = False,
    **options: Any,
) -> Outcome | None:
    async def update() -> Outcome | None:
        async with open_fetcher(limits=LIMITS, **options) as fetcher:
            pages = {publisher.name: site.address(page)}
            updater = Updater(database, lambda: now, fetcher, pages=pages)
            if gap is not None:
                return await updater.update_if_due(publisher, least_gap=gap)
            return await updater.update(publisher, dry_run=dry_run)

    return asyncio.run(update())


def loaded(outcome: Outcome) -> LoadedFile:
    assert outcome.loaded is not None
    return outcome.loaded


def history(database: Database, key: str = "usbp.southwest") -> dict[str, int | None]:
    with database.reading() as session:
        series = observations.find_series(session, key)
        assert series is not None
        return {str(one.period): one.value for one in observations.history(session, series.id)}


def releases(database: Database) -> list[ReleaseRow]:
    with database.reading() as session:
        return list(session.scalars(select(ReleaseRow).order_by(ReleaseRow.id)))


def memory(database: Database, publisher: Publisher = SOUTHWEST) -> SourceRow:
    with database.reading() as session:
        return store.remembered(session, publisher.name)


def failure(outcome: Outcome) -> tuple[str, str]:
    assert outcome.result is Result.FAILED
    assert outcome.failure is not None
    return outcome.failure.kind, " ".join(outcome.sentences())
