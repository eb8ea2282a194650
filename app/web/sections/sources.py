"""Where the figures come from: publishers, releases, and how current they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.languages import Words
from app.observations import store
from app.observations.observation import Observation
from app.observations.queries import History
from app.observations.tables import ReleaseRow
from app.sources.status import SourceStatus, source_statuses
from app.storage.database import Session


@dataclass(frozen=True, slots=True)
class SourcesSection:
    """The foot of the page. Releases come newest first."""

    note: str | None
    names: list[str]
    releases: list[ReleaseRow]
    publishers: list[SourceStatus]


def build_sources_section(
    session: Session, history: History, versions: Iterable[Observation], words: Words
) -> SourcesSection:
    """The sources of a history, and the releases of its versions."""
    releases = store.releases(session, {figure.release for figure in versions})
    return SourcesSection(
        note=history.series.note,
        names=[
            words.name("source", source, source)
            for source in sorted({figure.source for figure in history.observations})
        ],
        releases=sorted(
            releases.values(),
            key=lambda release: (release.published_on, release.id),
            reverse=True,
        ),
        publishers=source_statuses(session),
    )
