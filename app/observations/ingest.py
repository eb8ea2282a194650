"""The two ways in: a file or a JSON submission, each loaded in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO

from app.errors import Fault
from app.observations import store
from app.observations.loading import LoadReport, load_release
from app.observations.new_release import NewRelease
from app.observations.observation import Status, official_status
from app.observations.readers import FileKind, KnownSeries, LocatedObservation, read_file
from app.observations.submissions import Submission
from app.observations.tables import SeriesRow
from app.storage.database import Database, Session
from forecasting import Month

OFFICIAL = (Status.NORMAL, Status.PROVISIONAL)  # the statuses that readers give official figures
TITLES = {
    FileKind.TIDY: "Figures from a file",
    FileKind.CBP_SOUTHWEST: "Southwest land border encounters",
    FileKind.CBP_AOR: "Nationwide encounters by area of responsibility",
    FileKind.CBP_STATE: "Nationwide encounters by state",
    FileKind.OHSS_WORKBOOK: "OHSS monthly tables",
    FileKind.OHSS_TABLES: "OHSS monthly tables of immigration enforcement and legal processes",
    FileKind.FRONTEX_WORKBOOK: "Monthly detections of illegal border crossing",
    FileKind.HOME_OFFICE_WORKBOOK: "Migrants detected crossing the English Channel in small boats",
    FileKind.UNKNOWN: "Figures from a file",
}


def ingest_file(
    database: Database,
    file: BinaryIO,
    *,
    source: str,
    published_on: date,
    title: str | None,
    url: str | None,
    create: bool,
    now: datetime,
    by: str,
) -> LoadReport:
    """Load a seekable file that the readers know.

    Raises what `load_release` raises; then nothing is kept.
    """
    return database.write(
        lambda session: load_file_in_transaction(
            session,
            file,
            source=source,
            published_on=published_on,
            title=title,
            url=url,
            create=create,
            now=now,
            by=by,
        )
    )


def load_file_in_transaction(
    session: Session,
    file: BinaryIO,
    *,
    source: str,
    published_on: date,
    title: str | None,
    url: str | None,
    create: bool,
    now: datetime,
    by: str,
    note: str | None = None,
) -> LoadReport:
    """Load a file in the caller's transaction.

    If this raises what `load_release` raises, the transaction must be rolled back.
    """
    file.seek(0)
    known = store.all_series(session)
    names = {
        series.key: KnownSeries(series.key, series.ended and not series.resumable)
        for series in known
    }
    reading = read_file(file, source=source, published_on=published_on, known=names)
    return load_release(
        session,
        NewRelease(source, title or TITLES[reading.kind], published_on, url, note),
        _mark_breaks(reading, known, source, published_on),
        create=create,
        today=now.date(),
        recorded_at=now,
        recorded_by=by,
        offered=reading.new_series,
    )


def ingest_submission(
    database: Database, submission: Submission, *, create: bool, now: datetime, by: str
) -> LoadReport:
    """Load what came as JSON. Raises what `load_release` raises; then nothing is kept."""

    def work(session: Session) -> LoadReport:
        return load_release(
            session,
            submission.new_release,
            submission.new_observations(),
            create=create,
            today=now.date(),
            recorded_at=now,
            recorded_by=by,
        )

    return database.write(work)


def _mark_breaks(
    items: Iterable[LocatedObservation | Fault],
    known: Iterable[SeriesRow],
    source: str,
    published_on: date,
) -> Iterator[LocatedObservation | Fault]:
    """The items, official figures from before a change of definition marked as such.

    No file says it.
    """
    breaks = {
        series.key: [Month.parse(period) for period in series.breaks]
        for series in known
        if series.breaks
    }
    for item in items:
        if (
            isinstance(item, LocatedObservation)
            and item.observation.status in OFFICIAL
            and breaks.get(item.observation.series)
        ):
            observation = item.observation
            status = official_status(
                observation.period, published_on, breaks[observation.series], source=source
            )
            yield LocatedObservation(item.location, replace(observation, status=status))
        else:
            yield item
