"""The bundled record against the tables that it was built from, read by other code."""

import csv
import gzip
import random
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.config import BUNDLED_RECORD
from app.data.build import build
from app.observations import store
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.reference import SECTORS, Version, history_as_of

pytestmark = pytest.mark.slow

SOURCE_TABLES = Path(__file__).parents[4] / "shared" / "data"
NO_SOURCE_TABLES = "The tables that the record was made from are not beside this checkout."


@pytest.fixture(scope="session")
def published() -> dict[str, list[Version]]:
    """Every figure by series, straight from the tables that the bundle was made from."""
    if not SOURCE_TABLES.is_dir():
        pytest.skip(NO_SOURCE_TABLES)
    return _published(SOURCE_TABLES)


def _published(folder: Path) -> dict[str, list[Version]]:
    def table(name: str) -> list[dict[str, str]]:
        with (folder / name).open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    changed: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for line in table("releases.csv"):
        changed[line["published_on"], line["release"], line["series"]][line["period"]] = int(
            line["value"]
        )

    versions: dict[str, list[Version]] = defaultdict(list)
    values: dict[str, dict[str, int]] = defaultdict(dict)
    coverage = sorted(table("release_coverage.csv"), key=lambda line: line["published_on"])
    for number, line in enumerate(coverage):
        key, day = line["series"], line["published_on"]
        values[key] |= changed[day, line["release"], key]
        for month in months_between(
            Month.parse(line["first_period"]), Month.parse(line["last_period"])
        ):
            versions[key].append(
                Version(
                    str(month),
                    values[key][str(month)],
                    "cbp",
                    "exact",
                    1,
                    date.fromisoformat(day),
                    number,
                )
            )
    for line in table("record.csv"):
        if line["source"] == "ohss":
            published_on = date.fromisoformat(line["published_on"])
            versions[line["series"]].append(
                Version(
                    line["period"],
                    int(line["value"]),
                    "ohss",
                    "exact",
                    10,
                    published_on,
                    len(coverage),
                )
            )
    count = len(coverage) + 1
    for line in [*table("press_figures.csv"), *table("press_figures_2.csv")]:
        if len(line["period"]) == len("2024-05") and "/" not in line["period"]:
            count += 1
            versions[line["series"]].append(
                Version(
                    line["period"],
                    int(line["value"]),
                    line["source"],
                    {"nearly": "less_than", "just_over": "more_than"}.get(
                        line["qualifier"], line["qualifier"]
                    ),
                    int(line["rounding_unit"]),
                    date.fromisoformat(line["published_on"]),
                    count,
                )
            )
    for line in table("us_releases_2024-2026.csv"):
        count += 1
        versions[line["series"]].append(
            Version(
                line["period"],
                int(line["value"]),
                line["source"],
                "exact",
                int(line["rounded_to"]),
                date.fromisoformat(line["published_on"]),
                count,
            )
        )
    for region in ("usbp.northern", "usbp.coastal"):
        versions[region] += _summed(versions, region)
    for key, found in _world(folder / "world").items():
        versions[key] += found
    return versions


def _summed(versions: dict[str, list[Version]], region: str) -> list[Version]:
    """The sums of the sectors that a release of CBP holds all of, after November 2024."""
    parts: dict[tuple[date, str], list[int | None]] = defaultdict(list)
    for sector in SECTORS[region] - {"livermore"}:
        for version in versions[f"{region}.{sector}"]:
            if version.source == "cbp" and version.period > "2024-11":
                parts[version.published_on, version.period].append(version.value)
    return [
        Version(period, sum(v for v in values if v is not None), "cbp", "exact", 1, day, 0)
        for (day, period), values in parts.items()
        if len(values) == len(SECTORS[region] - {"livermore"})
    ]


NATIONS = dict(
    zip(
        ["VEN", "HND", "GTM", "ECU", "SLV", "COL", "NIC", "CUB", "HTI", "BRA", "PER", "DOM", "CHN"],
        [
            "venezuela",
            "honduras",
            "guatemala",
            "ecuador",
            "el-salvador",
            "colombia",
            "nicaragua",
            "cuba",
            "haiti",
            "brazil",
            "peru",
            "dominican-republic",
            "china",
        ],
        strict=True,
    )
)


def _world(folder: Path) -> dict[str, list[Version]]:
    def table(name: str) -> list[dict[str, str]]:
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    found: dict[str, list[Version]] = defaultdict(list)

    def add(line: dict[str, str], key: str, source: str) -> None:
        day = date.fromisoformat(line["published_on"])
        found[key].append(Version(line["period"], int(line["value"]), source, "exact", 1, day, 0))

    for line in table("frontex_routes"):
        add(line, line["series"], "frontex")
    for line in table("uk_small_boats_monthly"):
        year, month = map(int, line["period"].split("-"))
        if int(line["days"]) == monthrange(year, month)[1]:
            add(line, "uk.small-boats", "home-office")
    for name, source in (("mexico_irregular_events", "segob"), ("panama_darien", "snm")):
        for line in table(name):
            *stem, last = line["series"].split(".")
            if line.get("frequency") == "annual" or (last.isupper() and last not in NATIONS):
                continue
            key = (
                ".".join([*stem, "citizenship", NATIONS[last]])
                if last.isupper()
                else f"{'.'.join(stem)}.{last}"
            )
            add(line, key, source)
    return found


def test_every_series_as_of_any_day_is_what_the_source_tables_say(
    loaded: Database, published: dict[str, list[Version]]
) -> None:
    """On 50 days drawn at random; of days between the same two releases of a series, one is read.

    Months that a table leaves out inside a span are counts of zero, or that round to it.
    """
    draw = random.Random(66)
    with loaded.reading() as session:
        for series in store.all_series(session):
            versions = published[series.key]
            assert versions, series.key
            drawn = [date(2021, 7, 25) + timedelta(days=draw.randrange(1_920)) for _ in range(50)]
            releases = {version.published_on for version in versions}
            for day in {len([r for r in releases if r <= day]): day for day in drawn}.values():
                known = store.history(session, series.id, as_of=day)
                found = {str(figure.period): figure.value for figure in known}
                stated = history_as_of(versions, day)
                assert {period: found.get(period) for period in stated} == stated, (series.key, day)
                assert {found[period] for period in found.keys() - stated.keys()} <= {0}, (
                    series.key,
                    day,
                )


def test_figures_that_no_later_file_holds_are_those_of_the_source_record(
    loaded: Database, published: dict[str, list[Version]]
) -> None:
    """The record ends in August 2025; files from August 2024 on have newer values of some."""
    with loaded.reading() as session:
        found = {
            (series.key, str(figure.period)): figure.value
            for series in store.all_series(session)
            if series.border == "us"
            for figure in store.history(session, series.id)
            if figure.official
        }
    with (SOURCE_TABLES / "us_releases_2024-2026.csv").open(newline="", encoding="utf-8") as lines:
        later = {(line["series"], line["period"]) for line in csv.DictReader(lines)}
    with (SOURCE_TABLES / "record.csv").open(newline="", encoding="utf-8") as lines:
        record = {
            (line["series"], line["period"]): int(line["value"])
            for line in csv.DictReader(lines)
            if line["series"] in {key for key, _ in found}
        }
    unchanged = record.keys() - later
    assert len(unchanged) > 10_000
    assert {place: found.get(place) for place in unchanged} == {
        place: record[place] for place in unchanged
    }


def test_the_command_builds_the_same_tables_from_the_source_tables(tmp_path: Path) -> None:
    if not SOURCE_TABLES.is_dir():
        pytest.skip(NO_SOURCE_TABLES)
    build(SOURCE_TABLES, tmp_path)
    for name in ("figures.csv", "coverage.csv", "press.csv"):
        assert (tmp_path / name).read_bytes() == (BUNDLED_RECORD / name).read_bytes()
