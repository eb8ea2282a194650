"""CBP's CSV exports: southwest land border, nationwide by area of responsibility or by state.

Rows are summed to every series that they belong to, and fiscal months become calendar months.

- cbp-southwest: usbp, ofo, and cbp at the southwest border: total, family status, title, and
  citizenship
- cbp-aor: the same for every region and the nation, and each sector and field office by region
- cbp-state: cbp only: total, family status, title, citizenship, and state, by region and for the
  nation

Months of the newest fiscal year that are still to come are left out: they are grouped as Remaining,
as are figures of closed years, but have no people. Citizens of `Other` are left out: who they are
depends on the countries that the kind of file names. cbp counts the months for which both
components have rows; a nation is summed if all three regions have rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import BinaryIO

from app.errors import Fault
from app.observations.readers.cbp_columns import Layout, layout
from app.observations.readers.cbp_sums import Sums
from app.observations.readers.csv_text import complete, header, rows
from app.observations.readers.file_assembly import Coverage, build_parsed_file
from app.observations.readers.keys import NATION, Cut, KeyParts
from app.observations.readers.parsed_file import FileKind, KnownSeries, ParsedFile
from forecasting import Month, months_between

MOST_FAULTS = 100  # reading stops there
_COMPONENTS = ("usbp", "ofo")
_REGIONS = 3  # southwest, northern and other


def read(file: BinaryIO, *, published_on: date, known: Mapping[str, KnownSeries]) -> ParsedFile:
    """Read a file that has CBP's header."""
    found = layout(header(file))
    if isinstance(found, list):
        return ParsedFile(FileKind.UNKNOWN, found)
    sums = Sums(found)
    faults = []
    for fault in _problems(file, sums):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    if faults:
        return ParsedFile(found.kind, faults)
    coverage = _coverage(found, sums)
    return build_parsed_file(
        found.kind,
        {
            cut: _covered(figures, coverage.months[cut.component])
            for cut, figures in sums.totals.items()
            if _is_whole(cut, found, sums)
        },
        coverage,
        known,
        published_on=published_on,
        location=lambda _, month: f"line {sums.first_lines[month]}",
    )


def _problems(file: BinaryIO, sums: Sums) -> Iterator[Fault]:
    """Sum the rows, yielding whatever is wrong."""
    line = 1
    if not complete(file):
        expected = (
            "a line break at its end, as in CBP's exports; without it the file may have been cut"
        )
        yield Fault("last line", "no line break", expected)
    lines = rows(file)
    next(lines, None)
    for row in lines:
        if isinstance(row, Fault):
            yield row
            return
        line = row[0]
        yield from sums.add(row)
    if line == 1:
        yield Fault("file", "a header and nothing below it", "a row for each combination and month")
    yield from sums.leave_out_unreached()
    yield from _gaps(sums)


def _gaps(sums: Sums) -> Iterator[Fault]:
    """Months that a whole file would have."""
    newest = max(sums.first_lines, default=Month.of(1, 1)).fiscal_year
    reached = {month.month for month in sums.first_lines if month.fiscal_year == newest}
    for month in sorted(sums.to_date):
        if month.month not in reached:
            expected = (
                f"Remaining, as fiscal year {newest} has no rows for this month; "
                "or the file has been cut"
            )
            yield Fault(f"line {sums.first_lines[month]}, Month Grouping", "FYTD", expected)
    for component, months in sums.months.items():
        missing = sorted(set(months_between(min(months), max(months))) - months)
        if missing:
            given = f"no {component} rows for {', '.join(map(str, missing[:12]))}"
            expected = (
                f"every month from {min(months)} to {max(months)}, as CBP publishes whole years"
            )
            yield Fault("Month (abbv)", given, expected)


def _coverage(found: Layout, sums: Sums) -> Coverage:
    months = {component: sorted(months) for component, months in sums.months.items()}
    if found.kind is not FileKind.CBP_STATE:
        both = set.intersection(*(sums.months[component] for component in _COMPONENTS))
        months["cbp"] = sorted(both)
    listed = {(cut.component, cut.region) for cut in sums.totals if _is_whole(cut, found, sums)}

    def feeds(names: KeyParts) -> bool:
        """Whether this file would have rows for a series, if there were people to count."""
        if (names.component, names.region) not in listed:
            return False
        match names.dimension:
            case "citizenship":
                return names.slug in sums.countries
            case "state":
                return found.kind is FileKind.CBP_STATE
            case "sector":
                return found.kind is FileKind.CBP_AOR and names.component != "cbp"
        return True

    return Coverage(months, feeds)


def _is_whole(cut: Cut, found: Layout, sums: Sums) -> bool:
    """Whether the file has all the rows of which a total consists."""
    if found.kind is FileKind.CBP_STATE:
        return cut.region is not NATION or len(sums.regions["cbp"]) == _REGIONS
    parts = _COMPONENTS if cut.component == "cbp" else (cut.component,)
    if cut.region is NATION:
        return all(len(sums.regions[part]) == _REGIONS for part in parts)
    return all(sums.months[part] for part in parts)


def _covered(figures: Mapping[Month, int], months: Iterable[Month]) -> dict[Month, int]:
    return {month: figures[month] for month in months if month in figures}
