"""Asking publishers for what is new, and loading it: each file as one release, all of it or
nothing."""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.clock import Clock
from app.errors import STORE_PROBLEMS, Problem
from app.observations.ingest import load_file_in_transaction
from app.observations.new_release import LONGEST_TITLE
from app.sources import store
from app.sources.checks import check_file, check_newest_period, check_not_older, check_restatements
from app.sources.failures import Busy, PageChanged, SourceFailure, UnreadableFile
from app.sources.fetching import Download, Fetcher, Progress, Validators
from app.sources.outcome import DayBasis, LoadedFile, Outcome, ReleaseDay, Result
from app.sources.page import Page, choose_newest, read_page
from app.sources.publisher import Edition, FileLink, Publisher
from app.sources.tables import SourceRow
from app.storage.database import Database, Session

LOADED_BY = "bordercast update"
CLAIM_FOR = timedelta(minutes=30)  # longer than a whole update of one publisher can take
LARGEST_PAGE = 8 << 20  # bytes
_PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
_FILE = "*/*"


class _NotKept(Exception):  # no error: it rolls a dry run back
    """Ends the transaction of a dry run; carries what was found."""

    def __init__(self, loaded: LoadedFile) -> None:
        super().__init__("a dry run")
        self.loaded = loaded


@dataclass(frozen=True, slots=True)
class _Found:
    """A page's newest file; `page` is None if the page is as it was."""

    link: FileLink
    page: Page | None
    validators: Validators


class Updater:
    """Asks publishers, one at a time.

    Parameters
    ----------
    pages : addresses of the publishers' pages, by name, that differ from the usual ones
    tell : told, in a sentence, what is being done
    progress : told how much of a file has come
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        fetcher: Fetcher,
        *,
        pages: Mapping[str, str],
        tell: Callable[[str], None] = lambda _: None,
        progress: Progress = lambda _received, _total: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._fetcher = fetcher
        self._pages = pages
        self._tell = tell
        self._progress = progress
        self._owner = f"{socket.gethostname()[:60]}-{uuid.uuid4().hex}"
        self._one_at_a_time = asyncio.Lock()

    def page_of(self, publisher: Publisher) -> str:
        """Address of the publisher's page."""
        return self._pages.get(publisher.name, publisher.page)

    async def update(self, publisher: Publisher, *, dry_run: bool = False) -> Outcome:
        """Ask a publisher, check and load its newest file, and remember what came.

        Failures of the publisher's site or file are part of the outcome. A dry run keeps nothing at
        all.
        """
        async with self._one_at_a_time:
            if dry_run:
                return await self._ask(publisher, dry_run=True)
            if not await asyncio.to_thread(self._claim, publisher, None):
                return self._failed(
                    publisher, Busy(f"Another process is asking {publisher.name} just now.")
                )
            async with self._releasing_claim(publisher):
                return await self._ask(publisher, dry_run=False)

    async def update_if_due(self, publisher: Publisher, *, least_gap: timedelta) -> Outcome | None:
        """The same, unless any process has asked this publisher less than `least_gap` ago; then
        None."""
        async with self._one_at_a_time:
            since = self._clock() - least_gap
            if not await asyncio.to_thread(self._claim, publisher, since):
                return None
            async with self._releasing_claim(publisher):
                return await self._ask(publisher, dry_run=False)

    def _claim(self, publisher: Publisher, unless_asked_since: datetime | None) -> bool:
        now = self._clock()
        with self._database.writing() as session:
            store.ensure_source(session, publisher.name)
            return store.claim_source(
                session,
                publisher.name,
                self._owner,
                now=now,
                until=now + CLAIM_FOR,
                unless_asked_since=unless_asked_since,
            )

    @asynccontextmanager
    async def _releasing_claim(self, publisher: Publisher) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._release(publisher)

    def _release(self, publisher: Publisher) -> None:
        with self._database.writing() as session:
            store.release_claim(session, publisher.name, self._owner)

    async def _ask(self, publisher: Publisher, *, dry_run: bool) -> Outcome:
        try:
            outcome = await self._find_and_load(publisher, dry_run=dry_run)
        except SourceFailure as failure:
            outcome = self._failed(publisher, failure)
        if not dry_run:
            await asyncio.to_thread(self._remember_outcome, outcome)
        return replace(outcome, kept=not dry_run)

    def _failed(self, publisher: Publisher, failure: SourceFailure) -> Outcome:
        return Outcome(publisher, self.page_of(publisher), Result.FAILED, failure=failure)

    async def _find_and_load(self, publisher: Publisher, *, dry_run: bool) -> Outcome:
        address = self.page_of(publisher)
        memory = await asyncio.to_thread(self._remembered, publisher)
        self._tell(f"Asking {address}")
        found = await self._find(publisher, address, memory)
        check_not_older(found.link, publisher, last=memory.edition)
        first_seen = await asyncio.to_thread(
            self._first_seen, publisher, found.link, memory, dry_run
        )
        same_file = memory.file == found.link.address
        known = Validators(memory.file_etag, memory.file_modified) if same_file else Validators()
        self._tell(f"Fetching {found.link.address}")
        _, largest = publisher.bytes_between
        async with self._fetcher.get(
            found.link.address, known, accept=_FILE, largest=largest, progress=self._progress
        ) as download:
            if download is None or download.checksum == memory.file_checksum:
                if not dry_run:
                    await asyncio.to_thread(self._remember_unchanged, publisher, found, download)
                return Outcome(publisher, address, Result.UNCHANGED, found.link)
            check_file(download, publisher, last_size=memory.file_bytes)
            day = self._release_day(download, found, memory, first_seen)
            self._tell("Checking and loading")
            loaded = await asyncio.to_thread(self._load, publisher, found, download, day, dry_run)
        is_new = not loaded.report.known_before and loaded.report.recorded > 0
        result = Result.NEW if is_new else Result.UNCHANGED
        return Outcome(publisher, address, result, found.link, loaded)

    async def _find(self, publisher: Publisher, address: str, memory: SourceRow) -> _Found:
        """The newest file of the page."""
        last = _last_link(memory)
        known = Validators()
        if memory.page == address and last is not None:
            known = Validators(memory.page_etag, memory.page_modified)
        async with self._fetcher.get(
            address, known, accept=_PAGE, largest=LARGEST_PAGE
        ) as download:
            if download is None:
                assert last is not None, "a page without a known file is asked for unconditionally"
                return _Found(last, None, known)
            content = await asyncio.to_thread(download.body.read)
            if "html" not in download.media_type and b"<" not in content[:1000]:
                raise PageChanged(
                    f"The page {address} has changed: looked for a web page with "
                    f"{publisher.files.described}, and found "
                    f"{download.media_type or 'something of no type'}."
                )
            page = await asyncio.to_thread(
                read_page, content, download.address, month_first=publisher.month_first
            )
            link = choose_newest(page, publisher.files, today=self._clock().date())
            return _Found(link, page, download.validators)

    def _remembered(self, publisher: Publisher) -> SourceRow:
        with self._database.reading() as session:
            return store.remembered(session, publisher.name)

    def _first_seen(
        self, publisher: Publisher, link: FileLink, memory: SourceRow, dry_run: bool
    ) -> date:
        """The day on which the page was first seen to link a file. Kept whatever becomes of the
        file, so that trying again another day gives the release the same day."""
        if memory.seen_address == link.address and memory.seen_on is not None:
            return memory.seen_on
        today = self._clock().date()
        if not dry_run:
            with self._database.writing() as session:
                row = store.remembered(session, publisher.name)
                row.seen_address, row.seen_on = link.address, today
                session.add(row)
        return today

    def _release_day(
        self, download: Download, found: _Found, memory: SourceRow, first_seen: date
    ) -> ReleaseDay:
        """The day of a release: the first of those it may have that is possible.

        It is impossible before the end of the newest month of the file, before the last release of
        the publisher, and in the future.
        """
        latest = self._clock().date()
        month = found.link.edition.month
        earliest = max(month.last_day if month else date.min, memory.published_on or date.min)
        page_day = found.page.day if found.page else memory.page_day
        for day, basis in ((download.modified_on, DayBasis.FILE), (page_day, DayBasis.PAGE)):
            if day is not None and earliest <= day <= latest:
                return ReleaseDay(day, basis)
        return ReleaseDay(first_seen, DayBasis.SEEN)

    def _load(
        self,
        publisher: Publisher,
        found: _Found,
        download: Download,
        day: ReleaseDay,
        dry_run: bool,
    ) -> LoadedFile:
        """Load and check a file in one transaction, with what is remembered of it."""

        def work(session: Session) -> LoadedFile:
            loaded = self._load_in(session, publisher, found.link, download, day)
            if dry_run:
                raise _NotKept(loaded)
            self._remember_loaded(session, publisher, found, download, loaded)
            return loaded

        try:
            return self._database.write(work)
        except _NotKept as dry:
            return dry.loaded
        except STORE_PROBLEMS:
            raise
        except Problem as problem:
            listed = "; ".join(map(str, problem.faults[:3])) or problem.detail
            raise UnreadableFile(
                f"{found.link.address} is not laid out as expected: {listed}. Nothing was loaded. "
                "A newer version of Bordercast may read it."
            ) from problem

    def _load_in(
        self,
        session: Session,
        publisher: Publisher,
        link: FileLink,
        download: Download,
        day: ReleaseDay,
    ) -> LoadedFile:
        memory = store.remembered(session, publisher.name)
        known = store.newest_figure(session, publisher.headline, publisher.source)
        last = memory.newest_period or (known.period if known else None)
        report = load_file_in_transaction(
            session,
            download.body,
            source=publisher.source,
            published_on=day.day,
            title=_title(link, publisher),
            url=link.address,
            create=False,
            now=self._clock(),
            by=LOADED_BY,
            note=f"The day is {day.basis.value}. SHA-256 of the file: {download.checksum}",
        )
        newest = check_newest_period(
            store.newest_period_of_release(session, report.release), link, last=last
        )
        if not report.known_before:
            check_restatements(
                store.restated_figures(session, report.release, publisher.source),
                publisher,
                largest=store.largest_restatements(session, report.release, publisher.source),
            )
        first = 0 if report.known_before else store.count_first_figures(session, report.release)
        return LoadedFile(report, day, newest, download.size, download.checksum, first)

    def _remember_loaded(
        self,
        session: Session,
        publisher: Publisher,
        found: _Found,
        download: Download,
        loaded: LoadedFile,
    ) -> None:
        row = store.remembered(session, publisher.name)
        self._remember_page(row, publisher, found)
        row.file, row.file_title = found.link.address, _title(found.link, publisher)
        row.file_etag = download.validators.etag
        row.file_modified = download.validators.last_modified
        row.file_checksum, row.file_bytes = download.checksum, download.size
        row.edition, row.newest_period = found.link.edition.label, loaded.newest
        row.published_on, row.release_id = loaded.day.day, loaded.report.release
        if not loaded.report.known_before and loaded.report.recorded:
            row.new_at = self._clock()
        session.add(row)

    def _remember_unchanged(
        self, publisher: Publisher, found: _Found, download: Download | None
    ) -> None:
        """The same file, perhaps at another address or with other validators."""
        with self._database.writing() as session:
            row = store.remembered(session, publisher.name)
            self._remember_page(row, publisher, found)
            row.file, row.edition = found.link.address, found.link.edition.label
            if download is not None:
                row.file_etag = download.validators.etag
                row.file_modified = download.validators.last_modified
            session.add(row)

    def _remember_page(self, row: SourceRow, publisher: Publisher, found: _Found) -> None:
        if found.page is None:
            return
        row.page, row.page_day = self.page_of(publisher), found.page.day
        row.page_etag, row.page_modified = found.validators.etag, found.validators.last_modified

    def _remember_outcome(self, outcome: Outcome) -> None:
        now = self._clock()
        with self._database.writing() as session:
            row = store.remembered(session, outcome.publisher.name)
            if outcome.failure is None:
                row.answered_at = now
                row.failed_at = row.failure = row.failure_kind = None
            else:
                row.failed_at, row.failure = now, str(outcome.failure)
                row.failure_kind = outcome.failure.kind
                row.failures += 1
            session.add(row)


def _last_link(memory: SourceRow) -> FileLink | None:
    if memory.file is None or memory.edition is None:
        return None
    return FileLink(memory.file, memory.file_title or "", Edition(memory.edition))


def _title(link: FileLink, publisher: Publisher) -> str:
    """Title of a release: the text of its link, or the publisher and the edition."""
    text = "".join(filter(str.isprintable, link.text)).strip()
    return (text or f"{publisher.title}, {link.edition.label}")[:LONGEST_TITLE]
