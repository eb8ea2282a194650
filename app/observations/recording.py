"""Recording a release: its figures as they come, in batches, and the same content only once."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from app.observations import store
from app.observations.new_release import NewObservation, NewRelease
from app.observations.tables import ReleaseRow
from app.storage.database import Session

BATCH = 20_000  # figures that are in memory at a time


@dataclass(frozen=True, slots=True)
class RecordedRelease:
    """What became of a release: its id, how many figures it gave, whether they were new."""

    release: int
    received: int
    known_before: bool


class Checksum:
    """Names the content of a release, whatever the order and the file format in which it came.

    The sum of the statements' SHA-256 hashes modulo 2^256, so that a million statements need no
    sorting.
    """

    def __init__(self) -> None:
        self._sum = 0

    def add(self, observation: NewObservation) -> None:
        value = "" if observation.value is None else observation.value
        line = (
            f"{observation.series}|{observation.period}|{value}|"
            f"{observation.status}|{observation.qualifier}|{observation.rounding_unit}"
        )
        self._sum += int.from_bytes(hashlib.sha256(line.encode()).digest())

    def hexdigest(self) -> str:
        return f"{self._sum % 2**256:064x}"


def record_release(
    session: Session,
    new_release: NewRelease,
    new_observations: Iterable[tuple[int, NewObservation]],
    *,
    recorded_at: datetime,
    recorded_by: str,
) -> RecordedRelease:
    """Record one release in the caller's transaction.

    Observations come with the id of their series.

    A release of the same source and day with the same content is recognized and nothing is added,
    unless another release of that source, day, and title has changed its figures since.
    """
    checksum, months = Checksum(), Counter[int]()
    with session.begin_nested() as savepoint:
        release = ReleaseRow(
            source=new_release.source,
            title=new_release.title,
            published_on=new_release.published_on,
            url=new_release.url,
            note=new_release.note,
            checksum=uuid.uuid4().hex,  # until the content is known
            recorded_at=recorded_at,
            recorded_by=recorded_by,
        )
        store.add_release(session, release)
        for batch in _batches(new_observations):
            for series, observation in batch:
                checksum.add(observation)
                months[series] += 1
            store.add_observations(session, release, batch)
        known, name = _find_content(session, new_release, checksum.hexdigest())
        if known is None:
            release.checksum = name
            release.borders = store.borders_of(session, months)
            session.flush()
            full = [
                series for series, count in months.items() if count >= store.MONTHS_OF_FULL_RELEASE
            ]
            store.record_full_release(session, full, new_release.published_on)
            return RecordedRelease(release.id, months.total(), known_before=False)
        known_id = known.id
        savepoint.rollback()
    return RecordedRelease(known_id, months.total(), known_before=True)


def _find_content(
    session: Session, new_release: NewRelease, content: str
) -> tuple[ReleaseRow | None, str]:
    """The release of this content that still stands, if any, and the checksum to record it under.

    Content that comes again on the same day, after other figures, is recorded under a name of its
    own: a publisher who says 5,000, then 6,000, then 5,000 means the last.
    """
    source, day = new_release.source, new_release.published_on
    free: str | None = None
    for repetition in range(store.count_releases_of_day(session, source, day) + 1):
        name = content_name(content, repetition)
        known = store.find_release(session, source, day, name)
        if known is None:
            free = free or name
        elif not store.is_superseded(session, known):
            return known, name
    assert free is not None, "there is one more name than releases of the day"
    return None, free


def content_name(content: str, repetition: int) -> str:
    """The checksum under which a content is recorded that came so many times before."""
    if repetition == 0:
        return content
    return hashlib.sha256(f"{content}|{repetition}".encode()).hexdigest()


def _batches(
    new_observations: Iterable[tuple[int, NewObservation]],
) -> Iterator[list[tuple[int, NewObservation]]]:
    remaining = iter(new_observations)
    while batch := list(islice(remaining, BATCH)):
        yield batch
