"""Real files of publishers, if they lie beside this checkout, against tables made from them."""

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from app.config import BUNDLED_RECORD
from app.observations.readers import KnownSeries
from app.sources.publishers import PUBLISHERS
from tests.app.observations.readers.files import figures

FOLDER = Path(__file__).parents[5] / "shared" / "data"
SOUTHWEST_FILES = {
    "sbo-encounters-fy19-fy22.csv": "2022-10-21",
    "sbo-encounters-fy22-fy25-nov.csv": "2024-12-19",
    "sbo-encounters-fy22-fy25-aug.csv": "2025-09-19",
}
WORKBOOK = "ohss-usbp-encounters-fy2025-nov.xlsx"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="no ../shared/data beside this checkout"
)


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def packed_table(name: str) -> list[dict[str, str]]:
    with gzip.open(FOLDER / "world" / name, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def known() -> list[KnownSeries]:
    with (BUNDLED_RECORD / "series.csv").open(encoding="utf-8", newline="") as lines:
        return [
            KnownSeries(line["series"], line["ended"] == "yes") for line in csv.DictReader(lines)
        ]


@pytest.mark.parametrize("name", SOUTHWEST_FILES)
def test_a_southwest_file_sums_to_its_release(name: str, known: list[KnownSeries]) -> None:
    day = SOUTHWEST_FILES[name]
    published = {}
    for line in table("releases.csv"):
        if line["published_on"] <= day:
            published[line["series"], line["period"]] = int(line["value"])
    found = figures((FOLDER / name).read_bytes(), published_on=date.fromisoformat(day), known=known)
    keys = {one.key for one in known} & {key for key, _ in published}
    ours = {cell: value for cell, value in found.items() if cell[0] in keys}
    assert ours == {cell: published[cell] for cell in ours}
    spans = defaultdict(list)
    for key, period in ours:
        spans[key].append(period)
    assert {key: (min(periods), max(periods)) for key, periods in spans.items()} == {
        line["series"]: (line["first_period"], line["last_period"])
        for line in table("release_coverage.csv")
        if line["published_on"] == day
    }


def test_the_newest_southwest_file_holds_the_record(known: list[KnownSeries]) -> None:
    name, day = list(SOUTHWEST_FILES.items())[-1]
    found = figures((FOLDER / name).read_bytes(), published_on=date.fromisoformat(day), known=known)
    record = {
        (line["series"], line["period"]): int(line["value"])
        for line in table("record.csv")
        if (line["source"], line["published_on"]) == ("cbp", day)
    }
    assert len(record) == 792
    assert {cell: found[cell] for cell in record} == record


def test_the_workbook_holds_every_figure_of_ohss(known: list[KnownSeries]) -> None:
    found = figures(
        (FOLDER / WORKBOOK).read_bytes(), source="ohss", published_on=date(2025, 2, 28), known=known
    )
    record = {
        (line["series"], line["period"]): int(line["value"])
        for line in table("record.csv")
        if line["source"] == "ohss"
    }
    assert {cell: found.get(cell) for cell in record} == record
    since: dict[str, str] = {}
    for key, period in sorted(record):
        since.setdefault(key, period)
    later = {
        (key, period) for key, period in found if period > since.get(key, "9999")
    } - record.keys()
    assert {found[cell] for cell in later} == {0}


def test_frontexs_workbook_equals_its_edition() -> None:
    name = "frontex_Monthly_detections_of_IBC_2025_06_03.xlsx"
    found = figures(
        (FOLDER / "world" / name).read_bytes(), source="frontex", published_on=date(2025, 6, 19)
    )
    edition = {
        (line["series"], line["period"]): int(line["value"])
        for line in packed_table("frontex_routes.csv.gz")
        if line["published_on"] == "2025-06-19"
    }
    assert len(edition) == 4508
    assert found == edition


def test_the_home_offices_workbook_holds_the_whole_months_of_its_edition() -> None:
    name = "uk_Small_boats_-_time_series_2026-08-21.ods"
    found = figures(
        (FOLDER / "world" / name).read_bytes(),
        source="home-office",
        published_on=date(2026, 8, 21),
    )
    edition = {
        ("uk.small-boats", line["period"]): int(line["value"])
        for line in packed_table("uk_small_boats_monthly.csv.gz")
        if line["published_on"] == "2026-08-21" and line["period"] < "2026-08"
    }
    assert len(edition) == 103
    assert found == edition


def test_the_names_of_cbps_nationwide_files_say_through_which_month_they_go() -> None:
    files = packed_table("cbp_release_calendar.csv.gz")
    assert len(files) > 10
    editions = [PUBLISHERS["cbp"].files.edition(file["file_aor"]) for file in files]
    assert [edition and edition.label for edition in editions] == [
        file["data_through"].partition(" ")[0] for file in files
    ]
    smallest, largest = PUBLISHERS["cbp"].bytes_between
    assert all(smallest < int(file["bytes_aor"]) < largest for file in files)


def test_the_monthly_tables_hold_every_figure_that_was_read_off_them(
    known: list[KnownSeries],
) -> None:
    name = "2024_1206_ohss_immigration-enforcement-and-legal-processes-tables-august-2024.xlsx"
    found = figures(
        (FOLDER / "world" / name).read_bytes(),
        source="ohss",
        published_on=date(2024, 12, 6),
        known=known,
    )
    read_off = {
        (line["series"], line["period"]): int(line["value"])
        for line in table("us_releases_2024-2026.csv")
        if line["published_on"] == "2024-12-06"
    }
    assert len(read_off) == 2139
    assert {cell: found[cell] for cell in read_off} == read_off
