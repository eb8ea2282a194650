"""What is said of a past day follows from what had been published by then, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import delete

from app.evaluation import store
from app.evaluation.outcomes import (
    CurrentValue,
    changed_outcomes,
    keep_outcomes,
    outcomes_over_time,
)
from app.evaluation.past_forecast_schemas import PastForecastsQuery
from app.evaluation.scoring import Scorer
from app.evaluation.service import get_past_forecasts
from app.evaluation.store import Score, ScoreFilter
from app.evaluation.tables import OutcomeRow
from app.evaluation.track_record import TrackRecord, get_track_record
from app.forecasts.computation import compute
from app.forecasts.encoding import decode_paths_with_past
from app.forecasts.fiscal_year import months_taken_as_missing, year_to_date, year_total
from app.forecasts.issuing import issue_forecast
from app.forecasts.lookup import look_up_forecast
from app.forecasts.pools import load_known_series
from app.forecasts.specification import Specification
from app.observations import store as figures
from app.observations.new_release import NewObservation
from app.observations.observation import Status
from app.storage.database import Database
from forecasting import Month, learn_pool, months_between
from tests.app.observations.publishing import figure, make_series, publish

KEY, TODAY = "usbp.west", date(2026, 11, 24)
KEYS = (KEY, *(f"usbp.sector-{nth}" for nth in range(5)))
MONTHS = months_between(Month.parse("2017-10"), Month.parse("2024-04"))
SCORED = months_between(Month.parse("2023-01"), MONTHS[-1])
JANUARY, FEBRUARY, MARCH = (Month.parse(f"2024-{month:02d}") for month in (1, 2, 3))


def counts(key: str) -> dict[str, int]:
    steps = np.random.default_rng(KEYS.index(key)).normal(0, 0.1, len(MONTHS))
    values = np.rint(5000 * np.exp(np.cumsum(steps))).astype(int).tolist()
    return dict(zip(map(str, MONTHS), values, strict=True))


def monthly(key: str) -> list[NewObservation]:
    return [figure(key, period, value) for period, value in counts(key).items()]


@pytest.fixture
def known(database: Database) -> Database:
    """All figures through December 2023, then one month a release; February comes with March, and
    January is restated by then."""
    with database.writing() as session:
        for key in KEYS:
            make_series(session, key)
        said = {key: {str(one.period): one for one in monthly(key)} for key in KEYS}

        def release(day: str, periods: Sequence[str]) -> None:
            publish(session, "cbp", day, *(said[key][period] for key in KEYS for period in periods))

        release("2024-01-20", [str(month) for month in MONTHS[:-4]])
        release("2024-02-15", ["2024-01"])
        for key in KEYS:
            said[key]["2024-01"] = replace(said[key]["2024-01"], value=3000)
        release("2024-04-15", ["2024-01", "2024-02", "2024-03"])
        release("2024-05-15", ["2024-04"])
    return database


def score(series_id: int, target: Month, observed: int, *, inside: bool = True) -> Score:
    """Of a hindcast, one month ahead."""
    return Score(
        series_id=series_id,
        model="auto",
        forecast_id=None,
        vintage="reconstructed",
        origin=target - 1,
        horizon=1,
        target=target,
        observed=float(observed),
        wis=1.0,
        log_wis=1.0,
        crps=1.0,
        pit=0.5,
        scaled_error=None,
        baseline_wis=2.0,
        baseline_log_wis=2.0,
        baseline_crps=2.0,
        covered_50=inside,
        covered_80=inside,
        covered_95=inside,
    )


def load_hindcast(database: Database) -> None:
    """Of every series every month since 2023; January was inside until it was restated."""
    with database.writing() as session:
        for key in KEYS:
            series = figures.find_series(session, key)
            assert series is not None
            current = counts(key) | {"2024-01": 3000}
            scores = [
                score(series.id, month, current[str(month)], inside=month != JANUARY)
                for month in SCORED
            ]
            store.add_scores(session, scores)
            first = score(series.id, JANUARY, counts(key)["2024-01"])
            store.add_scores(session, [first], superseded=True)
        keep_outcomes(session, changed_outcomes(session))


def record(database: Database, day: str | None) -> TrackRecord | None:
    as_of = None if day is None else date.fromisoformat(day)
    with database.reading() as session:
        series = figures.find_series(session, KEY)
        assert series is not None
        return get_track_record(session, series.id, KEY, "auto", as_of=as_of)


def cells_and_inside(found: TrackRecord | None) -> tuple[int, int]:
    """Of one series; while each has too few scores, the six count together."""
    assert found is not None
    group, many = found.by_horizon[0], 1 if found.series else len(KEYS)
    return group.cells // many, group.inside_80 // many


def test_a_month_counts_from_the_day_on_which_its_figure_was_published(known: Database) -> None:
    load_hindcast(known)
    assert record(known, "2024-01-19") is None
    through_december = len(SCORED[:-4])
    assert cells_and_inside(record(known, "2024-01-20"))[0] == through_december
    assert cells_and_inside(record(known, "2024-02-14"))[0] == through_december
    assert cells_and_inside(record(known, "2024-02-15"))[0] == through_december + 1
    assert cells_and_inside(record(known, "2024-04-14"))[0] == through_december + 1
    assert cells_and_inside(record(known, "2024-04-15"))[0] == through_december + 3
    assert cells_and_inside(record(known, None))[0] == through_december + 4


def test_a_month_counts_with_the_figure_that_was_current(known: Database) -> None:
    """January was inside its interval until it was restated."""
    load_hindcast(known)
    before, after = (cells_and_inside(record(known, day)) for day in ("2024-04-14", "2024-04-15"))
    assert before[1] == before[0]
    assert after[1] == after[0] - 1


def test_past_forecasts_are_listed_with_the_figures_of_the_day(known: Database) -> None:
    load_hindcast(known)

    def january(day: str | None) -> list[tuple[int, bool]]:
        query = PastForecastsQuery.model_validate(
            {"series": KEY, "start": "2024-01", "end": "2024-01", "as_of": day}
        )
        with known.reading() as session:
            answer = get_past_forecasts(session, query, today=TODAY)
        return [(one.observed, one.inside_80) for one in answer.forecasts]

    assert january("2024-02-14") == []
    assert january("2024-04-14") == [(counts(KEY)["2024-01"], True)]
    assert january("2024-04-15") == january(None) == [(3000, False)]


def test_figures_have_the_days_on_which_they_were_current(known: Database) -> None:
    with known.reading() as session:
        series = figures.find_series(session, KEY)
        assert series is not None
        windows = outcomes_over_time(session, series.id)
        first = counts(KEY)
        restated = date(2024, 4, 15)
        assert windows[JANUARY] == [
            CurrentValue(first["2024-01"], date(2024, 2, 15), restated),
            CurrentValue(3000, restated, None),
        ]
        assert windows[FEBRUARY] == [CurrentValue(first["2024-02"], restated, None)]
        assert JANUARY not in outcomes_over_time(session, series.id, as_of=date(2024, 2, 14))


@pytest.mark.parametrize("qualifier", ["exact", "about"])
def test_a_rumor_is_no_outcome(known: Database, qualifier: str) -> None:
    rumor = replace(figure(KEY, "2024-05", 90_000, qualifier), status=Status.LOW_RELIABILITY)
    with known.writing() as session:
        publish(session, "a paper", "2024-06-01", rumor)
    with known.reading() as session:
        series = figures.find_series(session, KEY)
        assert series is not None
        assert Month.parse("2024-05") not in outcomes_over_time(session, series.id)


def plant(database: Database, garbage: str) -> None:
    """After 20 April 2024, restate everything, and go on with garbage."""
    wrong: dict[str, Callable[[int], int]] = {
        "huge": lambda n: 1000 * n,
        "rounded": lambda n: round(n, -3),
        "zero": lambda n: 0,
    }
    changed = wrong[garbage]
    with database.writing() as session:
        for key in KEYS:
            old = [replace(one, value=changed(one.value or 0)) for one in monthly(key)]
            new = [figure(key, str(MONTHS[-1] + ahead), changed(5432)) for ahead in (1, 2, 3)]
            publish(session, "cbp", "2024-08-15", *old, *new)
        rumor = figure(KEY, "2024-08", 1_290_000, "about", 10_000)
        publish(session, "a paper", "2024-09-05", replace(rumor, status=Status.LOW_RELIABILITY))


def answers(database: Database, day: date) -> tuple[object, ...]:
    """A forecast with its pool and its year's total, and the record, made without the archive."""
    with database.reading() as session:
        found = look_up_forecast(session, KEY, Specification("auto", 0), today=TODAY, as_of=day)
        assert found.key.pool is not None
        pool = learn_pool(load_known_series(session, found.key.pool))
    assert pool is not None
    made = compute(found.inputs.series, Specification("auto", 0, draws=200), pool)
    rejected = months_taken_as_missing(made.warnings)
    year = year_to_date(found.inputs.history, 2024, 10, before=made.origin + 1, rejected=rejected)
    total = year_total(year, made.origin, decode_paths_with_past(made.paths)).paths.tobytes()
    return made.paths, made.quantiles, pool.version, total, record(database, str(day))


@pytest.mark.parametrize("garbage", ["huge", "rounded", "zero"])
def test_garbage_planted_after_a_day_leaves_its_answers_byte_for_byte(
    known: Database, garbage: str
) -> None:
    load_hindcast(known)
    day = date(2024, 4, 20)
    before = answers(known, day)
    assert before[-1] is not None
    plant(known, garbage)
    Scorer(known, lambda: datetime(2026, 11, 24, tzinfo=UTC)).catch_up()
    assert answers(known, day) == before


def test_a_live_forecast_keeps_its_score_against_each_figure(known: Database) -> None:
    """Issued before May is published; May is restated wildly later."""
    may, issued = "2024-05", datetime(2024, 5, 20, tzinfo=UTC)
    usual = counts(KEY)["2024-04"]
    asked = KEY, Specification("log-random-walk", 0)
    issue_forecast(known, lambda: issued, *asked)

    def scores(day: str | None) -> list[tuple[float, bool]]:
        as_of = None if day is None else date.fromisoformat(day)
        wanted = ScoreFilter(model="log-random-walk", as_of=as_of)
        with known.reading() as session:
            return [
                (one.observed, one.covered_95) for one in store.scored_forecasts(session, wanted)
            ]

    for day, value in (("2024-06-15", usual), ("2024-07-15", 5_000_000)):
        with known.writing() as session:
            publish(session, "cbp", day, figure(KEY, may, value))
        Scorer(known, lambda: datetime(2026, 11, 24, tzinfo=UTC)).catch_up()
    assert scores(None) == scores("2024-07-15") == [(5_000_000.0, False)]
    assert scores("2024-06-15") == scores("2024-07-14") == [(float(usual), True)]
    assert scores("2024-06-14") == []


def test_what_is_kept_of_days_can_be_computed_again(known: Database) -> None:
    load_hindcast(known)
    before = record(known, "2024-04-20")
    with known.reading() as session:
        assert changed_outcomes(session) == {}
    with known.writing() as session:
        session.execute(delete(OutcomeRow))
    assert record(known, "2024-04-20") is None
    Scorer(known, lambda: datetime(2026, 11, 24, tzinfo=UTC)).catch_up()
    assert record(known, "2024-04-20") == before
