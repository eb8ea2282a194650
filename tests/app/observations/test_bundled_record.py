"""The bundled record: what the US government has published, with the releases as they were."""

import csv
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.observations import store
from app.observations.observation import Observation, Qualifier, Status
from app.observations.tables import ObservationRow, ReleaseRow
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.reference import Version, history_as_of

SOURCE_TABLES = Path(__file__).parents[4] / "shared" / "data"
NO_SOURCE_TABLES = "The tables that the record was made from are not beside this checkout."

SECTORS = {
    "usbp.southwest": {
        "big-bend",
        "del-rio",
        "el-centro",
        "el-paso",
        "laredo",
        "rio-grande-valley",
        "san-diego",
        "tucson",
        "yuma",
    },
    "usbp.northern": {
        "blaine",
        "buffalo",
        "detroit",
        "grand-forks",
        "havre",
        "houlton",
        "livermore",
        "spokane",
        "swanton",
    },
    "usbp.coastal": {"miami", "new-orleans", "ramey"},
}
"""The sectors of the Border Patrol since FY2000, Livermore among them, which closed in December
2004."""


def figures(database: Database, key: str, as_of: str | None = None) -> dict[str, Observation]:
    with database.reading() as session:
        series = store.find_series(session, key)
        assert series is not None
        day = date.fromisoformat(as_of) if as_of else None
        return {
            str(figure.period): figure for figure in store.history(session, series.id, as_of=day)
        }


def test_there_are_66_series(loaded: Database) -> None:
    with loaded.reading() as session:
        assert len(store.all_series(session)) == 66


def test_all_21_sectors_are_there_under_their_regions(loaded: Database) -> None:
    found = defaultdict(set)
    with loaded.reading() as session:
        for series in store.all_series(session):
            if series.dimension == "sector":
                assert series.parent is not None
                found[series.parent.key].add(series.key.removeprefix(f"{series.parent.key}."))
    assert found == SECTORS
    assert sum(map(len, found.values())) == 21


def test_there_are_20_citizenships_regions_family_status_and_the_other_components(
    loaded: Database,
) -> None:
    with loaded.reading() as session:
        dimensions = Counter(series.dimension for series in store.all_series(session))
    assert dimensions == {
        "citizenship": 20,
        "sector": 21,
        "region": 4,
        "component": 3,
        "family-status": 14,
        "title": 4,
    }


def test_every_parent_exists_and_is_named_by_the_key_or_above_it(loaded: Database) -> None:
    with loaded.reading() as session:
        roots = {series.key for series in store.all_series(session) if series.parent is None}
    assert roots == {"cbp"}


def test_the_southwest_border_has_every_month_from_october_1999_without_a_gap(
    loaded: Database,
) -> None:
    expected = list(map(str, months_between(Month.parse("1999-10"), Month.parse("2025-08"))))
    found = figures(loaded, "usbp.southwest")
    assert list(found) == expected
    assert all(figure.value is not None for figure in found.values())


@pytest.mark.parametrize(
    ("key", "period", "value"),
    [
        ("usbp.southwest", "2023-12", 249_740),  # the highest month there ever was
        ("usbp.southwest", "2020-01", 29_205),
        ("usbp.southwest", "2025-07", 4_596),
        ("usbp", "2000-03", 223_305),
    ],
)
def test_well_known_months_are_right(loaded: Database, key: str, period: str, value: int) -> None:
    assert figures(loaded, key)[period].value == value


def test_april_2024_was_said_to_be_about_129000_and_then_released(loaded: Database) -> None:
    told = {
        day: (april.value, april.qualifier, april.source, april.status)
        for day in (
            "2024-05-06",
            "2024-05-07",
            "2024-05-14",
            "2024-05-16",
            "2024-10-22",
            "2025-09-19",
        )
        if (april := figures(loaded, "usbp.southwest", day).get("2024-04"))
    }
    assert told == {
        "2024-05-07": (129_000, Qualifier.ABOUT, "press", Status.LOW_RELIABILITY),
        "2024-05-14": (129_000, Qualifier.ABOUT, "press", Status.LOW_RELIABILITY),
        "2024-05-16": (128_900, Qualifier.ABOUT, "press", Status.PROVISIONAL),
        "2024-10-22": (128_895, Qualifier.EXACT, "cbp", Status.NORMAL),
        "2025-09-19": (128_895, Qualifier.EXACT, "cbp", Status.NORMAL),
    }


def test_figures_are_provisional_until_a_release_after_their_fiscal_year(loaded: Database) -> None:
    """Fiscal year 2024 ended in September 2024; the first release after it came on 22 October."""
    newest = figures(loaded, "usbp.southwest")
    assert {figure.status for period, figure in newest.items() if period <= "2024-09"} == {
        Status.NORMAL
    }
    assert {figure.status for period, figure in newest.items() if period > "2024-09"} == {
        Status.PROVISIONAL
    }
    assert figures(loaded, "usbp.southwest", "2024-06-20")["2023-12"].status is Status.PROVISIONAL
    assert figures(loaded, "usbp.southwest", "2024-10-22")["2023-12"].status is Status.NORMAL


def test_single_adults_break_where_children_and_families_are_counted_apart(
    loaded: Database,
) -> None:
    statuses = {
        period: figure.status for period, figure in figures(loaded, "usbp.single-adults").items()
    }
    assert [period for period, status in statuses.items() if status is Status.BREAK] == [
        "2007-10",
        "2011-10",
    ]
    assert {statuses[period] for period in ("1999-10", "2007-09", "2007-11", "2011-09")} == {
        Status.DEFINITION_DIFFERS
    }
    assert statuses["2011-11"] is Status.NORMAL


def test_an_unnamed_figure_of_the_press_is_of_low_reliability(loaded: Database) -> None:
    assert figures(loaded, "usbp.southwest", "2024-05-07")["2024-04"].note == (
        "expected, according to a person familiar with figures yet to be finalized"
    )


def test_figures_of_ohss_say_that_they_are_rounded_to_ten(loaded: Database) -> None:
    mexico = figures(loaded, "usbp.citizenship.mexico").values()
    assert {(figure.source, figure.rounding_unit) for figure in mexico} == {("ohss", 10)}
    assert {figure.value % 10 for figure in mexico if figure.value is not None} == {0}


def test_sectors_are_exact_until_september_2020_and_rounded_from_october(loaded: Database) -> None:
    tucson = figures(loaded, "usbp.southwest.tucson")
    assert {f.source for period, f in tucson.items() if period <= "2020-09"} == {"cbp"}
    assert {f.source for period, f in tucson.items() if period > "2020-09"} == {"ohss"}


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("usbp.southwest", date(2021, 8, 1)),
        ("usbp", date(2021, 8, 1)),
        ("usbp.southwest.tucson", date(2021, 8, 1)),
        ("ofo.southwest", date(2021, 9, 15)),
        ("cbp.southwest", date(2021, 9, 15)),
        ("usbp.southwest.title-42", date(2021, 9, 15)),
        ("cbp", date(2023, 11, 1)),
        ("usbp.northern.havre", date(2025, 2, 28)),
        ("usbp.citizenship.venezuela", date(2025, 2, 28)),
    ],
)
def test_the_first_full_release_is_the_first_that_gives_a_history(
    loaded: Database, key: str, day: date
) -> None:
    with loaded.reading() as session:
        series = store.find_series(session, key)
        assert series is not None
        assert store.first_full_release(session, series.id) == day


def test_only_livermore_and_title_42_have_ended(loaded: Database) -> None:
    with loaded.reading() as session:
        ended = {series.key for series in store.all_series(session) if series.ended}
    assert ended == {"usbp.northern.livermore", "usbp.southwest.title-42", "ofo.southwest.title-42"}


def test_series_end_where_the_record_ends(loaded: Database) -> None:
    ends = {
        "usbp.southwest": "2025-08",
        "cbp.southwest": "2025-08",
        "ofo.southwest": "2025-08",
        "usbp": "2024-11",
        "usbp.citizenship.mexico": "2024-11",
        "cbp": "2025-08",  # official until September 2024, then said in the press
        "usbp.northern.livermore": "2004-12",
        "usbp.southwest.title-42": "2023-05",
    }
    assert {key: max(figures(loaded, key)) for key in ends} == ends


def test_every_release_says_where_it_can_be_read_or_is_of_the_press(loaded: Database) -> None:
    with loaded.reading() as session:
        without = session.scalars(select(ReleaseRow.source).where(ReleaseRow.url.is_(None))).all()
        days = dict(
            session.execute(select(ReleaseRow.note, func.count()).group_by(ReleaseRow.note)).all()
        )
    assert set(without) <= {"press"}
    assert days["The day of publication is inferred."] > 0


def test_no_figure_carries_a_day_other_than_its_release(loaded: Database) -> None:
    differing = (
        select(func.count())
        .select_from(ObservationRow)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(ReleaseRow.published_on != ObservationRow.published_on)
    )
    with loaded.reading() as session:
        assert session.scalar(differing) == 0


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
    for number, line in enumerate(table("press_figures.csv"), len(coverage) + 1):
        versions[line["series"]].append(
            Version(
                line["period"],
                int(line["value"]),
                line["source"],
                line["qualifier"],
                int(line["rounding_unit"]),
                date.fromisoformat(line["published_on"]),
                number,
            )
        )
    return versions


def test_every_series_as_of_any_day_is_what_the_source_tables_say(
    loaded: Database, published: dict[str, list[Version]]
) -> None:
    """On 50 days drawn at random; of days between the same two releases of a series, one is read.

    Months that OHSS's table leaves out inside a span are counts that round to zero.
    """
    draw = random.Random(66)
    with loaded.reading() as session:
        for series in store.all_series(session):
            versions = published[series.key]
            drawn = [date(2021, 7, 25) + timedelta(days=draw.randrange(1_560)) for _ in range(50)]
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


def test_the_newest_figures_are_those_of_the_source_record(loaded: Database) -> None:
    if not SOURCE_TABLES.is_dir():
        pytest.skip(NO_SOURCE_TABLES)
    with loaded.reading() as session:
        found = {
            (series.key, str(figure.period)): figure.value
            for series in store.all_series(session)
            for figure in store.history(session, series.id)
            if figure.official
        }
    keys = {key for key, _ in found}
    with (SOURCE_TABLES / "record.csv").open(newline="", encoding="utf-8") as lines:
        record = {
            (line["series"], line["period"]): int(line["value"])
            for line in csv.DictReader(lines)
            if line["series"] in keys
        }
    assert {place: found.get(place) for place in record} == record
    assert {value for place, value in found.items() if place not in record} == {0}
