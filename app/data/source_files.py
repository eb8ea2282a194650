"""The source files of the bundled record, read into what each published edition holds."""

import csv
import gzip
import io
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from forecasting import Month, months_between

Line = dict[str, str]
Edition = dict[str, dict[Month, int]]
Editions = dict[tuple[str, str, str], Edition]
"""What each edition holds, by source, day of publication, and the name of the file if there are
several."""

OHSS_WORKBOOK = ("ohss", "2025-02-28", "")
OHSS_FIRST, OHSS_LAST = Month.of(1999, 10), Month.of(2024, 11)
DARIEN_FIRST = Month.of(2020, 1)  # before, Panama's figures are annual
CLOSED = ("usbp.northern.livermore",)  # in December 2004
QUALIFIERS = {"nearly": "less_than", "just_over": "more_than"}
UNNAMED = (
    "unofficial",
    "source-",
)  # in the note or address of a figure from people who are not named

COUNTRIES = {
    "BRA": "brazil",
    "CHN": "china",
    "COL": "colombia",
    "CUB": "cuba",
    "DOM": "dominican-republic",
    "ECU": "ecuador",
    "GTM": "guatemala",
    "HND": "honduras",
    "HTI": "haiti",
    "NIC": "nicaragua",
    "PER": "peru",
    "SLV": "el-salvador",
    "VEN": "venezuela",
}
"""ISO 3166 codes of the nationalities that are kept, by their names in keys."""


def read_editions(folder: Path, series: Mapping[str, Line]) -> Editions:
    """Every edition of every publisher; those of the press are in `press_figures`."""
    editions: Editions = {}
    editions |= _cbp_files(folder)
    editions[OHSS_WORKBOOK] = _ohss_workbook(folder, series)
    editions |= _later_us_files(folder)
    editions |= _frontex(folder / "world")
    editions |= _small_boats(folder / "world")
    editions |= _mexico(folder / "world")
    editions |= _panama(folder / "world")
    return editions


def press_figures(folder: Path, series: Mapping[str, Line]) -> list[Line]:
    """Figures said beside the files that are about one whole month of a known series.

    Left out are figures for part of a month, single days, fiscal years, and people who got away.
    """
    said = []
    for name in ("press_figures.csv", "press_figures_2.csv"):
        for line in _lines(folder / name):
            if line["series"] not in series or not _is_month(line["period"]):
                continue
            unnamed = any(word in f"{line['note']} {line['url']}" for word in UNNAMED)
            said.append(
                line
                | {"qualifier": QUALIFIERS.get(line["qualifier"], line["qualifier"])}
                | ({"stage": "unpublished"} if line["stage"] == "press" and unnamed else {})
            )
    return sorted(said, key=lambda line: line["published_on"])


def _cbp_files(folder: Path) -> Editions:
    """CBP's files until September 2025: changed values, and which months each file held."""
    changed: dict[tuple[str, str, str], dict[Month, int]] = defaultdict(dict)
    for line in _lines(folder / "releases.csv"):
        place = line["published_on"], line["release"], line["series"]
        changed[place][Month.parse(line["period"])] = int(line["value"])
    known: Edition = defaultdict(dict)
    editions: Editions = defaultdict(dict)
    for line in sorted(
        _lines(folder / "release_coverage.csv"), key=lambda line: line["published_on"]
    ):
        day, release, key = line["published_on"], line["release"], line["series"]
        known[key] |= changed[day, release, key]
        held = months_between(Month.parse(line["first_period"]), Month.parse(line["last_period"]))
        editions["cbp", day, release][key] = {month: known[key][month] for month in held}
    return dict(editions)


def _ohss_workbook(folder: Path, series: Mapping[str, Line]) -> Edition:
    """OHSS's workbook of February 2025. A month that it leaves out is a count that rounds to
    zero."""
    figures: Edition = defaultdict(dict)
    for line in _lines(folder / "record.csv"):
        if line["source"] == "ohss" and line["series"] in series:
            figures[line["series"]][Month.parse(line["period"])] = int(line["value"])
    edition: Edition = {}
    for key, held in figures.items():
        own_start = (
            series[key]["dimension"] == "family-status"
            or key.startswith("usbp.southwest")
            or key == "usbp"
        )
        first = min(held) if own_start else OHSS_FIRST
        last = max(held) if key in CLOSED else OHSS_LAST
        edition[key] = {month: held.get(month, 0) for month in months_between(first, last)}
    return edition


def _later_us_files(folder: Path) -> Editions:
    """Files since August 2024. Of CBP's mostly only new or changed figures are at hand."""
    editions: Editions = defaultdict(lambda: defaultdict(dict))
    for line in _lines(folder / "us_releases_2024-2026.csv"):
        edition = editions[line["source"], line["published_on"], line["release"]]
        edition[line["series"]][Month.parse(line["period"])] = int(line["value"])
    return {place: dict(edition) for place, edition in editions.items()}


def _frontex(folder: Path) -> Editions:
    """Frontex's detections. The edition of January 2024 has four routes with gaps; nothing is
    filled in."""
    editions: Editions = defaultdict(lambda: defaultdict(dict))
    for line in _lines(folder / "frontex_routes.csv.gz"):
        edition = editions["frontex", line["published_on"], ""]
        edition[line["series"]][Month.parse(line["period"])] = int(line["value"])
    return {place: dict(edition) for place, edition in editions.items()}


def _small_boats(folder: Path) -> Editions:
    """The Home Office's editions, without the month that each holds a part of."""
    editions: Editions = defaultdict(lambda: {"uk.small-boats": {}})
    for line in _lines(folder / "uk_small_boats_monthly.csv.gz"):
        month = Month.parse(line["period"])
        if int(line["days"]) == monthrange(month.year, month.month)[1]:
            edition = editions["home-office", line["published_on"], ""]
            edition["uk.small-boats"][month] = int(line["value"])
    return dict(editions)


def _mexico(folder: Path) -> Editions:
    """Mexico's events. A month that the table leaves out for a nationality is zero: the parts add
    up."""
    return _by_nationality(folder / "mexico_irregular_events.csv.gz", "segob", Month.of(2018, 1))


def _panama(folder: Path) -> Editions:
    """Panama's monthly transits. Months absent from every edition are zero: none were counted."""
    return _by_nationality(folder / "panama_darien.csv.gz", "snm", DARIEN_FIRST)


def _by_nationality(path: Path, source: str, first: Month) -> Editions:
    """The total and the kept nationalities, from `first` to the last month of each edition without
    a gap."""
    editions: Editions = defaultdict(lambda: defaultdict(dict))
    for line in _lines(path):
        total, _, country = line["series"].partition(".")[2].partition(".")
        stem = f"{line['series'].partition('.')[0]}.{total}"
        if _is_month(line["period"]) and (not country or country in COUNTRIES):
            key = f"{stem}.citizenship.{COUNTRIES[country]}" if country else stem
            edition = editions[source, line["published_on"], ""]
            edition[key][Month.parse(line["period"])] = int(line["value"])
    filled: Editions = {}
    for place, edition in editions.items():
        last = max(month for figures in edition.values() for month in figures)
        filled[place] = {
            key: {month: figures.get(month, 0) for month in months_between(first, last)}
            for key, figures in edition.items()
        }
    return filled


def _is_month(period: str) -> bool:
    """Whether a period is one calendar month, not a day, a span, or a year."""
    try:
        Month.parse(period)
    except ValueError:
        return False
    return True


def _lines(path: Path) -> Iterator[Line]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))
