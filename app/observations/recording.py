"""Recording a release: its figures as they come, in batches, and the same content only once."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from app.database import Session
from app.observations import store
from app.observations.statements import Publication, Statement
from app.observations.tables import ReleaseRow

BATCH = 20_000  # figures that are in memory at a time


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a release: its id, how many figures it gave, and whether they were here already."""

    release: int
    received: int
    known_before: bool


class Checksum:
    """Names the content of a release, whatever the order and the file format in which it came.

    The sum of the statements' SHA-256 hashes modulo 2^256, so that a million statements need no sorting.
    """

    def __init__(self) -> None:
        self._sum = 0

    def add(self, said: Statement) -> None:
        value = "" if said.value is None else said.value
        line = f"{said.series}|{said.period}|{value}|{said.status}|{said.qualifier}|{said.rounding_unit}"
        self._sum += int.from_bytes(hashlib.sha256(line.encode()).digest())

    def hexdigest(self) -> str:
        return f"{self._sum % 2**256:064x}"


def record(
    session: Session,
    publication: Publication,
    statements: Iterable[tuple[int, Statement]],
    *,
    recorded_at: datetime,
    recorded_by: str,
) -> Recorded:
    """Record one release in the caller's transaction; statements come with the id of their series.

    A release of the same source and day with the same content is recognised and nothing is added.
    """
    checksum, months = Checksum(), Counter[int]()
    with session.begin_nested() as savepoint:
        release = ReleaseRow(
            source=publication.source,
            title=publication.title,
            published_on=publication.published_on,
            url=publication.url,
            note=publication.note,
            checksum=uuid.uuid4().hex,  # until the content is known
            recorded_at=recorded_at,
            recorded_by=recorded_by,
        )
        store.add_release(session, release)
        for batch in _batches(statements):
            for series, said in batch:
                checksum.add(said)
                months[series] += 1
            store.add_figures(session, release, batch)
        known = store.find_release(
            session, publication.source, publication.published_on, checksum.hexdigest()
        )
        if known is None:
            release.checksum = checksum.hexdigest()
            session.flush()
            full = [series for series, count in months.items() if count >= store.A_HISTORY]
            store.note_full_release(session, full, publication.published_on)
            return Recorded(release.id, months.total(), known_before=False)
        known_id = known.id
        savepoint.rollback()
    return Recorded(known_id, months.total(), known_before=True)


def _batches(statements: Iterable[tuple[int, Statement]]) -> Iterator[list[tuple[int, Statement]]]:
    remaining = iter(statements)
    while batch := list(islice(remaining, BATCH)):
        yield batch
