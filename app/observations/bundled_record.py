"""The bundled record: reads `app/data/`, the published figures that a new store starts with."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.config import BUNDLED_RECORD
from app.observations import store
from app.observations.new_release import NewObservation, NewRelease
from app.observations.observation import NewSeries, Qualifier, Status, official_status
from app.observations.publishers import OFFICIAL_SOURCES, rounding_unit_of
from app.observations.recording import RecordedRelease, record_release
from app.storage.database import Session
from forecasting import Month, months_between

RECORDED_BY = "bundled record"
FEWEST_FIGURES = 24  # that a bundled series needs to be forecast
ENDED, RESUMABLE = "yes", "until extended"  # in the column `ended` of series.csv
DAY_NOTES = {
    "known": "",
    "inferred": "The day of publication is inferred.",
    "upper bound": "Published on this day or up to a month earlier: the day is an upper bound, "
    "on which it was first seen.",
}
SUMMED = "Summed from its sectors, as the release gives no total."
_FISCAL_MONTHS = (
    "oct",
    "nov",
    "dec",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
)

Release = tuple[NewRelease, list[NewObservation]]


@dataclass(frozen=True, slots=True)
class BundledRecord:
    """The tables of one folder."""

    folder: Path = BUNDLED_RECORD

    def series(self) -> list[NewSeries]:
        """Every bundled series, parents before their children."""
        breaks = self._breaks()
        return [
            NewSeries(
                key=line["series"],
                title=line["title"],
                unit=line["unit"],
                parent=line["parent"] or None,
                dimension=line["dimension"],
                ended=line["ended"] in (ENDED, RESUMABLE),
                note=line["note"] or None,
                breaks=tuple(breaks[line["series"]]),
                border=line["border"],
                year_start=int(line["year_start"]),
                resumable=line["ended"] == RESUMABLE,
                covariate=line["covariate"] == "yes",
                fewest_figures=FEWEST_FIGURES,
            )
            for line in self._table("series")
        ]

    def releases(self) -> list[Release]:
        """Every bundled release with the figures that it held, in the order of publication."""
        return sorted([*self._files(), *self._press()], key=lambda release: release[0].published_on)

    def release_names(self) -> set[tuple[str, date, str]]:
        """Source, day, and title of every bundled release; quick, as no figures are read."""
        files = {
            (line["source"], date.fromisoformat(line["published_on"]), line["title"])
            for line in self._table("releases")
        }
        press = {
            (
                line["source"],
                date.fromisoformat(line["published_on"]),
                _page_title(line["source"], line["url"]),
            )
            for line in self._table("press")
        }
        return files | press

    def _files(self) -> Iterator[Release]:
        changes = self._changes()
        covered = defaultdict(list)
        for line in self._table("coverage"):
            covered[line["release"]].append(line)
        known: dict[tuple[str, str], dict[Month, int]] = defaultdict(dict)
        breaks = self._breaks()
        for line in self._table("releases"):
            source, published_on = line["source"], date.fromisoformat(line["published_on"])
            new_release = NewRelease(
                source=source,
                title=line["title"],
                published_on=published_on,
                url=line["url"] or None,
                note=" ".join(filter(None, (DAY_NOTES[line["day"]], line["note"]))) or None,
            )
            rounding_unit = rounding_unit_of(source)
            statements = []
            for span in covered[line["release"]]:
                key, status = span["series"], Status(span["status"]) if span["status"] else None
                known[source, key].update(changes[line["release"], key])
                for period in months_between(
                    Month.parse(span["first_period"]), Month.parse(span["last_period"])
                ):
                    statements.append(
                        NewObservation(
                            key,
                            period,
                            known[source, key][period],
                            status
                            or official_status(period, published_on, breaks[key], source=source),
                            rounding_unit=rounding_unit,
                            note=SUMMED if status is Status.ESTIMATED else None,
                        )
                    )
            yield new_release, statements

    def _press(self) -> Iterator[Release]:
        """Figures said beside the files: what one page said on one day is a release."""
        pages = defaultdict(list)
        for line in self._table("press"):
            pages[line["published_on"], line["source"], line["url"]].append(line)
        for (day, source, url), lines in pages.items():
            published_on = date.fromisoformat(day)
            new_release = NewRelease(source, _page_title(source, url), published_on, url or None)
            yield new_release, [_said(line, published_on) for line in lines]

    def _changes(self) -> dict[tuple[str, str], dict[Month, int]]:
        """New and changed values, by release and series."""
        changes: dict[tuple[str, str], dict[Month, int]] = defaultdict(dict)
        for line in self._table("figures"):
            october = Month.of(int(line["fiscal_year"]) - 1, 10)
            changes[line["release"], line["series"]].update(
                {
                    october + step: int(line[name])
                    for step, name in enumerate(_FISCAL_MONTHS)
                    if line[name]
                }
            )
        return changes

    def _breaks(self) -> dict[str, list[Month]]:
        breaks = defaultdict(list)
        for line in self._table("breaks"):
            breaks[line["series"]].append(Month.parse(line["period"]))
        return breaks

    def _table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))


def load_bundled_record(
    session: Session, bundle: BundledRecord, *, recorded_at: datetime
) -> list[RecordedRelease]:
    """Bring the bundled series and releases into the store; figures that are there already stay as
    they are.

    Series that an older version of the bundled record has brought are described as this one
    describes them, if it brings releases that the store does not have.
    """
    known = {series.key: series for series in store.all_series(session)}
    ids = {key: row.id for key, row in known.items()}
    for series in bundle.series():
        if series.key not in ids:
            ids[series.key] = store.add_series(
                session, series, parent_id=ids[series.parent] if series.parent else None
            )
    loaded = [
        record_release(
            session,
            new_release,
            ((ids[observation.series], observation) for observation in statements),
            recorded_at=recorded_at,
            recorded_by=RECORDED_BY,
        )
        for new_release, statements in bundle.releases()
    ]
    if not all(release.known_before for release in loaded):
        for series in bundle.series():
            if series.key in known:
                store.update_description(session, known[series.key], series)
    return loaded


def _said(line: dict[str, str], published_on: date) -> NewObservation:
    period = Month.parse(line["period"])
    if line["stage"] == "unpublished":
        status = Status.LOW_RELIABILITY
    elif line["source"] in OFFICIAL_SOURCES:
        status = official_status(period, published_on, source=line["source"])
    else:
        status = Status.PROVISIONAL
    return NewObservation(
        line["series"],
        period,
        int(line["value"]),
        status,
        Qualifier(line["qualifier"]),
        int(line["rounding_unit"]),
        line["note"] or None,
    )


def _page_title(source: str, url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    where = f" on {host}" if host else ""
    return (
        f"Figures published by CBP{where}"
        if source in OFFICIAL_SOURCES
        else f"Figures in the press{where}"
    )
