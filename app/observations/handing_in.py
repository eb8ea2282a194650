"""The two ways in: a file or a JSON submission, each loaded in one transaction."""

from datetime import date, datetime
from typing import BinaryIO

from app.database import Database, Session
from app.observations import store
from app.observations.loading import Report, load
from app.observations.readers import Kind, KnownSeries, read
from app.observations.statements import Publication
from app.observations.submissions import Submission

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
        reading = read(file, source=source, published_on=published_on, known=_known(session))
        return load(
            session,
            Publication(source, title or TITLES[reading.kind], published_on, url),
            reading,
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


def _known(session: Session) -> dict[str, KnownSeries]:
    return {series.key: KnownSeries(series.key, series.ended) for series in store.all_series(session)}
