"""The two ways in: a file or a JSON submission, each loaded in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO

from app.database import Database, Session
from app.errors import Fault
from app.observations import store
from app.observations.figures import Status, official_status
from app.observations.loading import Report, load
from app.observations.readers import Kind, KnownSeries, Placed, read
from app.observations.statements import Publication
from app.observations.submissions import Submission
from app.observations.tables import SeriesRow
from forecasting import Month

OFFICIAL = (Status.NORMAL, Status.PROVISIONAL)  # the statuses that readers give official figures
TITLES = {
    Kind.TIDY: "Figures from a file",
    Kind.CBP_SOUTHWEST: "Southwest land border encounters",
    Kind.CBP_AOR: "Nationwide encounters by area of responsibility",
    Kind.CBP_STATE: "Nationwide encounters by state",
    Kind.OHSS_WORKBOOK: "OHSS monthly tables",
    Kind.UNKNOWN: "Figures from a file",
}


def hand_in_file(
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
) -> Report:
    """Load a seekable file that the readers know. Raises what `load` raises; then nothing is kept."""

    def work(session: Session) -> Report:
        known = store.all_series(session)
        names = {series.key: KnownSeries(series.key, series.ended) for series in known}
        reading = read(file, source=source, published_on=published_on, known=names)
        return load(
            session,
            Publication(source, title or TITLES[reading.kind], published_on, url),
            _across_breaks(reading, known, published_on),
            create=create,
            today=now.date(),
            recorded_at=now,
            recorded_by=by,
            offered=reading.new_series,
        )

    return database.write(work)


def hand_in_submission(
    database: Database, submission: Submission, *, create: bool, now: datetime, by: str
) -> Report:
    """Load what came as JSON. Raises what `load` raises; then nothing is kept."""

    def work(session: Session) -> Report:
        return load(
            session,
            submission.publication,
            submission.statements(),
            create=create,
            today=now.date(),
            recorded_at=now,
            recorded_by=by,
        )

    return database.write(work)


def _across_breaks(
    items: Iterable[Placed | Fault], known: Iterable[SeriesRow], published_on: date
) -> Iterator[Placed | Fault]:
    """The items, official figures from before a change of definition marked as such; no file says it."""
    breaks = {
        series.key: [Month.parse(period) for period in series.breaks] for series in known if series.breaks
    }
    for item in items:
        if isinstance(item, Placed) and item.said.status in OFFICIAL and breaks.get(item.said.series):
            said = item.said
            status = official_status(said.period, published_on, breaks[said.series])
            yield Placed(item.place, replace(said, status=status))
        else:
            yield item
