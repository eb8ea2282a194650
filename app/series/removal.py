"""Removing a series for good that was created by mistake, with everything that followed from it.

Nothing else in the store is ever deleted. The releases stay, so that their numbers keep their
meaning: one that gave figures for this series alone counts as retracted, and one that gave others
too is named by the figures that are left of it. Either can be loaded again. Forecasts of other
series that were issued meanwhile stay, as they were issued; what is made again from figures, pools
and reconciliations, is forgotten if the series took part in it.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from app.errors import Problem
from app.forecasts.pools import group_of
from app.observations import store as observations
from app.observations.recording import Checksum, content_name
from app.observations.tables import ReleaseRow
from app.series import store
from app.series.management import REMOVED, describe, require_own_series
from app.storage.database import Session


class SeriesHasParts(Problem):
    """Other series are parts of this one. Remove them first, or give them another parent."""

    status = HTTPStatus.CONFLICT
    title = "The series has parts"


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed: how many figures, forecasts, and scores, and which releases gave figures
    for the series alone and are retracted."""

    key: str
    removed_at: datetime
    figures: int
    forecasts: int
    scores: int
    retracted: tuple[int, ...]


def remove_series(session: Session, key: str, *, now: datetime, by: str) -> Removal:
    """Remove a series in the caller's transaction.

    Raises UnknownSeries, SeriesOfRecord, or SeriesHasParts.
    """
    observations.lock_observations(session)
    series = require_own_series(session, key)
    parts = store.keys_of_parts(session, series.id)
    if parts:
        raise SeriesHasParts(
            f"{len(parts)} series are parts of {key}, such as {parts[0]}. Remove them first, or "
            "give them another parent."
        )
    description, group = describe(series), str(group_of(series))
    last_forecast = store.last_forecast_id(session)
    releases = store.releases_of_series(session, series.id)
    remaining = {
        release.id: store.other_series_in_release(session, release.id, series.id)
        for release in releases
    }
    if releases:
        first = min(release.recorded_at for release in releases)
        store.forget_pools_since(session, group, first)
    rows = store.remove_rows(session, series.id, key)
    retracted = []
    for release in releases:
        if release.retracted_at is not None:
            continue
        if remaining[release.id]:
            _rename(session, release, remaining[release.id])
        else:
            observations.mark_retracted(session, release, retracted_at=now)
            retracted.append(release.id)
    removal = Removal(key, now, rows.figures, rows.forecasts, rows.scores, tuple(retracted))
    store.add_log_entry(
        session,
        REMOVED,
        series,
        at=now,
        by=by,
        last_forecast_id=last_forecast,
        details={
            "title": description.title,
            "figures": removal.figures,
            "forecasts": removal.forecasts,
            "scores": removal.scores,
            "releases": [release.id for release in releases],
            "retracted": retracted,
        },
    )
    session.expunge(series)
    return removal


def _rename(session: Session, release: ReleaseRow, series: list[int]) -> None:
    """Name a release by the figures that are left of it, so that its whole content can be loaded
    again and what is left is still known."""
    checksum = Checksum()
    for observation in store.statements_of_release(session, release.id):
        checksum.add(observation)
    content, repetition = checksum.hexdigest(), 0
    while store.has_other_release(session, release, content_name(content, repetition)):
        repetition += 1
    store.rename_content(
        session,
        release,
        checksum=content_name(content, repetition),
        borders=observations.borders_of(session, series),
    )
