"""Recording a release: all of its figures or none, and the same content only once."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.database import Session
from app.observations import store
from app.observations.figures import Figure, Qualifier, Status
from app.observations.tables import ReleaseRow
from forecasting import Month


@dataclass(frozen=True, slots=True)
class Publication:
    """A release to be recorded: who published what, when, and where it can be read."""

    source: str
    title: str
    published_on: date
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure as a release states it; None withdraws what the source said before."""

    series: str
    period: Month
    value: int | None
    status: Status
    qualifier: Qualifier = Qualifier.EXACT
    rounding_unit: int = 1
    note: str | None = None


@dataclass(slots=True)
class Recorded:
    """What became of a release: its id, how many figures it gave, and whether they were here already."""

    release: int
    received: int
    known_before: bool
    series: set[str] = field(default_factory=set)


def record(
    session: Session,
    publication: Publication,
    statements: Iterable[Statement],
    *,
    recorded_at: datetime,
    recorded_by: str,
    series_ids: Mapping[str, int],
) -> Recorded:
    """Record one release in the caller's transaction; the same content of the same day is recognised.

    `series_ids` gives the id of every series that the statements name.
    """
    given = sorted(statements, key=lambda statement: (statement.series, statement.period))
    checksum = _checksum(given)
    known = store.find_release(session, publication.source, publication.published_on, checksum)
    if known is not None:
        return Recorded(known.id, len(given), known_before=True)
    release = ReleaseRow(
        source=publication.source,
        title=publication.title,
        published_on=publication.published_on,
        url=publication.url,
        note=publication.note,
        checksum=checksum,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
    )
    store.add_release(session, release)
    store.add_figures(
        session,
        (
            (
                series_ids[said.series],
                Figure(
                    said.period,
                    said.value,
                    said.status,
                    said.qualifier,
                    said.rounding_unit,
                    publication.source,
                    publication.published_on,
                    release.id,
                    said.note,
                ),
            )
            for said in given
        ),
    )
    return Recorded(release.id, len(given), known_before=False, series={said.series for said in given})


def _checksum(statements: Iterable[Statement]) -> str:
    """SHA-256 of what is stated, whatever the order and the file format in which it came."""
    digest = hashlib.sha256()
    for said in statements:
        value = "" if said.value is None else said.value
        digest.update(
            f"{said.series}|{said.period}|{value}|{said.status}|{said.qualifier}|{said.rounding_unit}\n".encode()
        )
    return digest.hexdigest()
