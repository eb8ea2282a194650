"""Build the tables of figures from source files: `python -m app.data.build FOLDER [--into FOLDER]`.

`series.csv`, `breaks.csv`, and `releases.csv` are edited by hand. This command reads them, reads
the source files that README.md lists, and writes `figures.csv`, `coverage.csv`, and `press.csv`. It
needs nothing but Python, and the same source files give the same tables.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.data.source_files import Edition, press_figures, read_editions
from forecasting import Month, months_between

TABLES = Path(__file__).parent
MONTH_COLUMNS = ("oct", "nov", "dec", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep")
ESTIMATED = "E"
LAST_TOTALS = Month.of(2024, 11)  # the last month for which OHSS gives regional totals at hand
SUMMED_REGIONS = ("usbp.coastal", "usbp.northern")


@dataclass(frozen=True, slots=True)
class Release:
    """A line of `releases.csv` with the figures that the release holds, by series."""

    key: str
    source: str
    published_on: str
    figures: dict[str, dict[Month, int]]
    estimated: dict[str, dict[Month, int]] = field(default_factory=dict)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m app.data.build", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="folder of the source files")
    parser.add_argument("--into", type=Path, default=TABLES, help="folder of the tables to write")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is not a folder: name the one that holds the source files")
    build(given.folder, given.into)
    return 0


def build(source_folder: Path, target_folder: Path) -> None:
    """Write `figures.csv`, `coverage.csv`, and `press.csv` from the files of a folder."""
    series = {line["series"]: line for line in _read_table("series")}
    releases = list(_join_releases(read_editions(source_folder, series), series))
    _write(
        target_folder / "figures.csv",
        ("release", "series", "fiscal_year", *MONTH_COLUMNS),
        _changes(releases),
    )
    _write(
        target_folder / "coverage.csv",
        ("release", "series", "first_period", "last_period", "status"),
        _coverage(releases),
    )
    press = press_figures(source_folder, series)
    _write(target_folder / "press.csv", tuple(press[0]), (tuple(line.values()) for line in press))


def _join_releases(
    editions: Mapping[tuple[str, str, str], Edition], series: Mapping[str, Mapping[str, str]]
) -> Iterator[Release]:
    """Every line of `releases.csv` with what its edition holds, in the order of publication.

    Raises ValueError if a release has no edition, or an edition no release.
    """
    remaining = dict(editions)
    for line in _read_table("releases"):
        place = (line["source"], line["published_on"], line["file"])
        if place not in remaining:
            raise ValueError(f"releases.csv, {line['release']}: no source file has {place}")
        figures = {key: held for key, held in remaining.pop(place).items() if key in series}
        release = Release(line["release"], line["source"], line["published_on"], figures)
        if release.source == "cbp":
            release.estimated.update(_sum_sectors(figures, series))
        yield release
    if remaining:
        raise ValueError(f"releases.csv lacks {sorted(remaining)}")


def _sum_sectors(
    figures: Edition, series: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, dict[Month, int]]]:
    """Regions without totals of their own: the months in which every open sector has a figure."""
    for region in SUMMED_REGIONS:
        sectors = [
            key
            for key, line in series.items()
            if line["parent"] == region and line["dimension"] == "sector" and line["ended"] != "yes"
        ]
        held = [figures.get(key, {}) for key in sectors]
        months = sorted(set[Month].intersection(*(set(months) for months in held)))
        sums = {
            month: sum(months[month] for months in held) for month in months if month > LAST_TOTALS
        }
        if sums and region not in figures:
            yield region, sums


def _changes(releases: Iterable[Release]) -> Iterator[tuple[str, ...]]:
    """Figures that are new or differ from the source's release before, a fiscal year of a series a
    line."""
    known: dict[tuple[str, str], dict[Month, int]] = defaultdict(dict)
    for release in releases:
        for key, figures in sorted((release.figures | release.estimated).items()):
            before = known[release.source, key]
            years: dict[int, dict[int, int]] = defaultdict(dict)
            for month, value in figures.items():
                if before.get(month) != value:
                    years[month.fiscal_year][(month.month - 10) % 12] = value
            before.update(figures)
            for year, values in sorted(years.items()):
                yield (
                    release.key,
                    key,
                    str(year),
                    *(str(values.get(place, "")) for place in range(12)),
                )


def _coverage(releases: Iterable[Release]) -> Iterator[tuple[str, ...]]:
    """The unbroken runs of months that each release holds of a series."""
    for release in releases:
        for figures, status in ((release.figures, ""), (release.estimated, ESTIMATED)):
            for key, held in sorted(figures.items()):
                for first, last in _runs(sorted(held)):
                    yield release.key, key, str(first), str(last), status


def _runs(months: list[Month]) -> Iterator[tuple[Month, Month]]:
    start = 0
    for place, month in enumerate(months):
        if place + 1 == len(months) or months[place + 1] != month + 1:
            assert months_between(months[start], month) == months[start : place + 1]
            yield months[start], month
            start = place + 1


def _read_table(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
