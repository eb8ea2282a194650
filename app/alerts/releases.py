"""Releases as events: one that was recorded, or that was retracted since."""

from app.alerts.event import Event, EventKind, make_urn
from app.languages import DEFAULT, words
from app.observations import store
from app.observations.tables import ReleaseRow, SeriesRow
from app.storage.database import Session
from forecasting import Month


def find_release_events(session: Session, series: SeriesRow | None, *, limit: int) -> list[Event]:
    """The releases recorded or retracted last: all, or those with figures of one series."""
    releases = store.releases_changed_last(
        session, limit=limit, series_id=None if series is None else series.id
    )
    if series is None:
        return [_as_event(release) for release in releases]
    newest = store.newest_of_releases(session, series.id, [release.id for release in releases])
    return [_as_event(release, series, newest.get(release.id)) for release in releases]


def _as_event(
    release: ReleaseRow,
    series: SeriesRow | None = None,
    newest: tuple[Month, int | None] | None = None,
) -> Event:
    in_english = words(DEFAULT)
    period, value = newest or (None, None)
    key = None if series is None else series.key
    told = f"{release.title}, published {in_english.day(release.published_on)} ({release.source})"
    if series is not None and period is not None:
        number = "no figure" if value is None else f"{in_english.number(value)} {series.unit}"
        told += f". {series.title}, {in_english.month(period)}: {number}"
    told = told.rstrip(".") + "."
    retracted = release.retracted_at is not None
    return Event(
        kind=EventKind.RELEASE,
        id=make_urn(
            EventKind.RELEASE,
            key or "",
            release.source,
            release.published_on,
            release.checksum,
            release.recorded_at.isoformat(),  # what was retracted can come again
        ),
        at=release.retracted_at or release.recorded_at,
        title=("Retracted: " if retracted else "New figures: ") + release.title,
        summary=f"This release no longer counts. {told}" if retracted else told,
        series=key,
        period=period,
        value=value,
        url=release.url,
        published_on=release.published_on,
        rank=release.published_on.toordinal(),
    )
