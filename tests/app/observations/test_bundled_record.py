"""The bundled record: what the publishers have published, with the releases as they were."""

from collections import Counter, defaultdict
from datetime import date

import pytest
from sqlalchemy import func, select

from app.config import BUNDLED_RECORD
from app.observations import store
from app.observations.observation import Observation, Qualifier, Status
from app.observations.tables import ObservationRow, ReleaseRow
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.reference import SECTORS

pytestmark = pytest.mark.slow

OFFICES = {"ofo.southwest": {"el-paso", "laredo", "san-diego", "tucson"}}


def figures(database: Database, key: str, as_of: str | None = None) -> dict[str, Observation]:
    with database.reading() as session:
        series = store.find_series(session, key)
        assert series is not None
        day = date.fromisoformat(as_of) if as_of else None
        return {
            str(figure.period): figure for figure in store.history(session, series.id, as_of=day)
        }


def test_there_are_159_series(loaded: Database) -> None:
    with loaded.reading() as session:
        assert len(store.all_series(session)) == 159


def test_all_21_sectors_are_there_under_their_regions(loaded: Database) -> None:
    found = defaultdict(set)
    with loaded.reading() as session:
        for series in store.all_series(session):
            if series.dimension == "sector":
                assert series.parent is not None
                found[series.parent.key].add(series.key.removeprefix(f"{series.parent.key}."))
    assert found == SECTORS | OFFICES
    assert sum(map(len, SECTORS.values())) == 21


def test_series_differ_from_their_parents_by_what_publishers_tell_apart(loaded: Database) -> None:
    with loaded.reading() as session:
        dimensions = Counter(
            (series.border, series.dimension) for series in store.all_series(session)
        )
    assert dimensions == {
        ("us", "citizenship"): 61,
        ("us", "sector"): 25,
        ("us", "region"): 6,
        ("us", "component"): 4,
        ("us", "family-status"): 14,
        ("us", "title"): 4,
        ("us", "covariate"): 2,
        ("eu", "total"): 1,
        ("eu", "route"): 9,
        ("eu", "border-type"): 13,
        ("uk", "total"): 1,
        ("mexico", "total"): 1,
        ("mexico", "citizenship"): 12,
        ("panama", "total"): 1,
        ("panama", "citizenship"): 5,
    }


def test_every_parent_exists_and_is_named_by_the_key_or_above_it(loaded: Database) -> None:
    with loaded.reading() as session:
        roots = {series.key for series in store.all_series(session) if series.parent is None}
    assert roots == {
        "cbp",
        "cbp-one.appointments",
        "chnv.paroles",
        "frontex",
        "uk.small-boats",
        "mexico.irregular-events",
        "panama.darien-transits",
    }


def test_the_southwest_border_has_every_month_from_october_1999_without_a_gap(
    loaded: Database,
) -> None:
    expected = list(map(str, months_between(Month.parse("1999-10"), Month.parse("2026-08"))))
    found = figures(loaded, "usbp.southwest")
    assert list(found) == expected
    assert all(figure.value is not None for figure in found.values())


@pytest.mark.parametrize(
    ("key", "period", "value"),
    [
        ("usbp.southwest", "2023-12", 249_740),  # the highest month there ever was
        ("usbp.southwest", "2020-01", 29_205),
        ("usbp.southwest", "2025-07", 4_592),
        ("usbp.southwest", "2026-08", 8_870),
        ("cbp.southwest", "2026-08", 12_242),
        ("ofo.southwest.laredo", "2026-08", 1_216),
        ("usbp.northern.swanton", "2024-10", 1_026),
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
    """Fiscal year 2025 ended in September 2025; the first release after it is of 1 November."""
    newest = figures(loaded, "usbp.southwest")
    assert {figure.status for period, figure in newest.items() if period <= "2025-09"} == {
        Status.NORMAL
    }
    assert {figure.status for period, figure in newest.items() if period > "2025-09"} == {
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


def test_sectors_are_exact_then_rounded_by_ohss_and_exact_again(loaded: Database) -> None:
    tucson = figures(loaded, "usbp.southwest.tucson")
    assert {f.source for period, f in tucson.items() if period <= "2020-09"} == {"cbp"}
    rounded = {f.source for period, f in tucson.items() if "2020-10" <= period <= "2024-09"}
    assert rounded == {"ohss"}
    assert {f.source for period, f in tucson.items() if period >= "2024-10"} == {"cbp"}


@pytest.mark.parametrize(
    ("key", "seams"),
    [
        ("usbp.southwest.tucson", ["2020-10", "2024-10"]),
        ("usbp", ["2020-10", "2024-11"]),
        ("usbp.northern.swanton", ["2024-10"]),
        ("usbp.coastal.miami", ["2024-11"]),
        ("ofo.southwest.laredo", ["2024-10"]),
        ("ofo.southwest", ["2017-10"]),
        ("usbp.southwest", []),
    ],
)
def test_a_month_with_which_another_source_begins_is_a_break(
    loaded: Database, key: str, seams: list[str]
) -> None:
    found = figures(loaded, key)
    assert [period for period, f in found.items() if f.status is Status.BREAK] == seams


def test_regions_without_a_total_are_summed_from_their_sectors_and_say_so(loaded: Database) -> None:
    """In August 2026: 21, 208, 152, 16, 53, 9, 17 and 87 in the north, 1,377, 118 and 11 at sea."""
    north, coast = figures(loaded, "usbp.northern"), figures(loaded, "usbp.coastal")
    assert (north["2026-08"].value, coast["2026-08"].value) == (563, 1_506)
    summed = [period for period, figure in north.items() if figure.status is Status.ESTIMATED]
    assert (summed[0], summed[-1], len(summed)) == ("2024-12", "2026-08", 21)
    assert north["2026-08"].note == "Summed from its sectors, as the release gives no total."
    assert (north["2024-11"].source, north["2024-11"].status) == ("ohss", Status.PROVISIONAL)


def test_regions_are_not_summed_before_their_sectors_were_published(loaded: Database) -> None:
    assert max(figures(loaded, "usbp.northern", "2026-09-15")) == "2024-11"


def test_words_of_the_press_become_qualifiers(loaded: Database) -> None:
    """ "Nearly 57,000" in October 2024, "just over 128,000" in February 2023."""
    october = figures(loaded, "usbp.southwest", "2024-11-05")["2024-10"]
    assert (october.value, october.qualifier) == (57_000, Qualifier.LESS_THAN)
    february = figures(loaded, "usbp.southwest", "2023-03-03")["2023-02"]
    assert (february.value, february.qualifier, february.status) == (
        128_000,
        Qualifier.MORE_THAN,
        Status.LOW_RELIABILITY,
    )


def test_parts_of_months_single_days_and_gotaways_are_left_out(loaded: Database) -> None:
    """The press had 25,000 for 21 days of April 2024 in San Diego, and 185 for one day."""
    assert "2024-04" not in figures(loaded, "usbp.southwest.san-diego", "2024-05-01")
    assert figures(loaded, "usbp.southwest", "2025-02-28").keys().isdisjoint({"2025-02"})
    with loaded.reading() as session:
        southwest = store.find_series(session, "usbp.southwest")
        assert southwest is not None
        assert southwest.note is not None
        assert southwest.note.endswith(
            "Figures for part of a month, for single days, and of people who got away are left out."
        )
        assert store.find_series(session, "usbp.southwest.gotaways") is None
        assert store.find_series(session, "usbp.southwest.citizenship.other") is None


def test_between_their_release_and_the_next_file_figures_of_the_press_stand(
    loaded: Database,
) -> None:
    december = figures(loaded, "usbp.southwest", "2026-02-01")["2025-12"]
    assert (december.value, december.source) == (6_478, "press")


def test_frontex_figures_as_two_editions_had_them(loaded: Database) -> None:
    """The Central Mediterranean's December 2023 was 9,977 in one edition and 5,289 in the next."""
    values = {
        day: figures(loaded, "frontex.central-mediterranean", day)["2023-12"].value
        for day in ("2025-02-07", "2025-02-10")
    }
    assert values == {"2025-02-07": 9_977, "2025-02-10": 5_289}
    totals = {
        day: figures(loaded, "frontex", day)["2024-11"].value
        for day in ("2025-02-08", "2025-05-15")
    }
    assert totals == {"2025-02-08": 29_352, "2025-05-15": 29_324}


def test_frontex_figures_are_provisional_until_they_are_twelve_months_old(
    loaded: Database,
) -> None:
    newest = figures(loaded, "frontex")  # its last edition was first seen on 19 June 2025
    assert [p for p, figure in newest.items() if figure.status is Status.PROVISIONAL] == list(
        map(str, months_between(Month.parse("2024-06"), Month.parse("2025-04")))
    )


def test_a_slip_of_one_mexican_edition_is_kept_as_a_version(loaded: Database) -> None:
    values = {
        day: figures(loaded, "mexico.irregular-events", day)["2025-01"].value
        for day in ("2025-05-13", "2025-06-04", "2025-06-19")
    }
    assert values == {"2025-05-13": 63_457, "2025-06-04": 69_924, "2025-06-19": 63_457}


def test_months_absent_from_every_edition_of_panama_are_zero(loaded: Database) -> None:
    transits = figures(loaded, "panama.darien-transits")
    assert [transits[period].value for period in ("2020-04", "2020-05", "2020-07")] == [0, 0, 0]
    assert (min(transits), max(transits), transits["2023-08"].value) == (
        "2020-01",
        "2025-04",
        81_946,
    )


def test_small_boats_are_there_for_whole_months_only(loaded: Database) -> None:
    """The edition of 21 August 2026 holds 20 days of August."""
    arrivals = figures(loaded, "uk.small-boats")
    assert (max(arrivals), arrivals["2026-07"].value) == ("2026-07", 2_316)
    assert max(figures(loaded, "uk.small-boats", "2025-12-01")) == "2025-10"
    assert {figure.status for period, figure in arrivals.items() if period < "2026-01"} == {
        Status.NORMAL
    }
    assert arrivals["2026-01"].status is Status.PROVISIONAL


def test_covariates_are_stored_and_marked(loaded: Database) -> None:
    appointments = figures(loaded, "cbp-one.appointments")
    assert (min(appointments), max(appointments)) == ("2023-01", "2024-08")
    assert appointments["2023-02"].value == 21_230
    with loaded.reading() as session:
        marked = {series.key for series in store.all_series(session) if series.covariate}
    assert marked == {"cbp-one.appointments", "chnv.paroles"}


def test_units_years_and_borders_are_those_of_the_publishers(loaded: Database) -> None:
    with loaded.reading() as session:
        found = {
            (series.border, series.unit, series.year_start)
            for series in store.all_series(session)
            if not series.covariate
        }
    assert found == {
        ("us", "encounters", 10),
        ("eu", "detections", 1),
        ("uk", "people", 1),
        ("mexico", "events", 1),
        ("panama", "transits", 1),
    }


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
        ("ofo.southwest.laredo", date(2024, 8, 9)),
        ("frontex", date(2025, 2, 7)),
        ("frontex.western-balkan", date(2025, 2, 7)),
        ("frontex.central-mediterranean", date(2024, 1, 5)),
        ("uk.small-boats", date(2025, 11, 14)),
        ("mexico.irregular-events", date(2025, 2, 7)),
        ("panama.darien-transits", date(2025, 2, 13)),
    ],
)
def test_the_first_full_release_is_the_first_that_gives_a_history(
    loaded: Database, key: str, day: date
) -> None:
    with loaded.reading() as session:
        series = store.find_series(session, key)
        assert series is not None
        assert store.first_full_release(session, series.id) == day


def test_closed_series_have_ended_and_national_parts_until_a_newer_workbook(
    loaded: Database,
) -> None:
    with loaded.reading() as session:
        ended = {series.key: series for series in store.all_series(session) if series.ended}
    closed = {key for key, series in ended.items() if not series.resumable}
    assert closed == {
        "usbp.northern.livermore",
        "usbp.southwest.title-42",
        "ofo.southwest.title-42",
    }
    national = {series.dimension for key, series in ended.items() if key not in closed}
    assert national == {"citizenship", "family-status"}
    assert len(ended) - len(closed) == 23
    assert all(
        "The record ends in November 2024" in (series.note or "")
        for key, series in ended.items()
        if key not in closed
    )


def test_series_end_where_the_record_ends(loaded: Database) -> None:
    ends = {
        "usbp.southwest": "2026-08",
        "cbp.southwest": "2026-08",
        "ofo.southwest": "2026-08",
        "usbp": "2026-08",
        "usbp.southwest.tucson": "2026-08",
        "usbp.northern": "2026-08",
        "usbp.coastal.ramey": "2026-08",
        "ofo": "2026-08",
        "usbp.southwest.family-units": "2025-08",
        "cbp.southwest.family-units": "2025-11",
        "ofo.southwest.family-units": "2026-08",
        "usbp.southwest.citizenship.mexico": "2025-05",
        "usbp.citizenship.mexico": "2024-11",
        "cbp": "2026-08",
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


def test_a_day_that_is_only_an_upper_bound_is_said_to_be_one(loaded: Database) -> None:
    """The five Frontex editions of 2025, those of Mexico and Panama, and four of CBP."""
    with loaded.reading() as session:
        bounds = session.execute(
            select(ReleaseRow.source, func.count())
            .where(ReleaseRow.note.startswith("Published on this day or up to a month earlier"))
            .group_by(ReleaseRow.source)
        ).all()
    assert dict(bounds) == {"cbp": 4, "frontex": 5, "segob": 4, "snm": 3}


def test_no_figure_carries_a_day_other_than_its_release(loaded: Database) -> None:
    differing = (
        select(func.count())
        .select_from(ObservationRow)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(ReleaseRow.published_on != ObservationRow.published_on)
    )
    with loaded.reading() as session:
        assert session.scalar(differing) == 0


def test_the_bundled_data_stay_small() -> None:
    files = [path for path in BUNDLED_RECORD.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 8_000_000
