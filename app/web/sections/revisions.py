"""How the latest figures were revised since they were first published."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.charts.chart_data import group_versions_of_latest_months
from app.charts.specifications import MonthVersions
from app.languages import Words
from app.observations.observation import Observation
from app.observations.revisions import find_revisions
from app.web.revision_text import MONTHS, summarize_latest, summarize_until_final


@dataclass(frozen=True, slots=True)
class RevisionsSection:
    """The versions of the latest months, newest month first, and what they say in sentences."""

    months: list[MonthVersions]
    sentences: list[str]

    @property
    def was_revised(self) -> bool:
        """Whether any of the latest figures ever changed after its first publication."""
        return any(
            version.value != month.first.value
            for month in self.months
            for version in month.versions
        )


def build_revisions_section(versions: Sequence[Observation], words: Words) -> RevisionsSection:
    """The section of a series with these published versions."""
    months = group_versions_of_latest_months(list(versions), MONTHS)
    official = sorted({figure.source for figure in versions if figure.official})
    revisions = find_revisions(versions) if official else []
    until_final = (summarize_until_final(revisions, source, words) for source in official)
    return RevisionsSection(
        months[::-1], [summarize_latest(months, words), *filter(None, until_final)]
    )
