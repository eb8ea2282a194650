"""Provisional, rounded, vague, and unreliable figures are measurements with an error."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from app.forecasts.inputs import ForecastInputs, load_inputs
from app.forecasts.measurement_noise import observation_noise
from app.forecasts.revision_history import RevisionDistributions, learn_revision_history
from app.forecasts.specification import data_version
from app.observations import store
from app.observations.new_release import NewObservation
from app.observations.observation import Observation, Qualifier, Status
from app.observations.tables import ReleaseRow
from app.storage.database import Database
from forecasting import Forecast, MeasurementNoise, Month, forecast
from forecasting.measurement.revisions import RevisionDistribution
from tests.app.observations.publishing import publish

TODAY = date(2026, 11, 24)
SOUTHWEST = "usbp.southwest"
APRIL = Month.parse("2024-04")
REVISIONS = RevisionDistributions(
    {"cbp": tuple(RevisionDistribution(0.001, scale) for scale in (0.004, 0.003, 0.002, 0.001))},
    tuple(RevisionDistribution(0.0, 0.01) for _ in range(4)),
)


def said(value: int | None = 129000, **changed: object) -> Observation:
    """CBP's exact, provisional figure for April 2024, published on 15 May, or another."""
    figure = Observation(
        APRIL, value, Status.PROVISIONAL, Qualifier.EXACT, 1, "cbp", date(2024, 5, 15), release=1
    )
    return replace(figure, **changed)  # type: ignore[arg-type]


def error_of(figure: Observation) -> MeasurementNoise:
    error = observation_noise(figure, REVISIONS)
    assert error is not None
    return error


def made_from(database: Database, day: str, key: str = SOUTHWEST) -> ForecastInputs:
    with database.reading() as session:
        return load_inputs(session, key, today=TODAY, as_of=date.fromisoformat(day))


def forecast_of(database: Database, day: str) -> Forecast:
    return forecast(made_from(database, day).series)


def test_final_and_exact_figures_have_no_error() -> None:
    assert observation_noise(said(status=Status.NORMAL), REVISIONS) is None
    assert observation_noise(said(value=None), REVISIONS) is None


def test_provisional_figures_are_revised_as_their_source_and_age_are() -> None:
    at_once, restated = said(), said(published_on=date(2024, 6, 20))
    late, by_others = said(published_on=date(2024, 11, 1)), said(source="press")
    scales = [error_of(figure).scale for figure in (at_once, restated, late, by_others)]
    assert scales == [0.004, 0.003, 0.001, 0.01]
    assert error_of(at_once).location == 0.001


@pytest.mark.parametrize(
    ("qualifier", "unit", "below", "above", "beyond"),
    [
        (Qualifier.EXACT, 10, 5, 5, 0),
        (Qualifier.ABOUT, 1000, 1000, 1000, 0),
        (Qualifier.MORE_THAN, 1000, 500, 500, 1000),
        (Qualifier.LESS_THAN, 1000, 500, 500, -1000),
    ],
)
def test_wording_and_rounding_leave_so_many_counts_open(
    qualifier: Qualifier, unit: int, below: int, above: int, beyond: int
) -> None:
    error = error_of(said(status=Status.NORMAL, qualifier=qualifier, rounding_unit=unit))
    assert error.scale == error.outlier_probability == 0
    assert 129001 * np.exp([-error.below, error.above, error.beyond]) == pytest.approx(
        [129001 - below, 129001 + above, 129001 + beyond]
    )


@pytest.mark.parametrize(
    ("value", "unit"),
    [(129000, 1000), (250000, 10000), (300000, 10000), (7180, 10), (129004, 1), (50, 1)],
)
def test_a_vague_figure_without_a_unit_is_rounded_where_its_zeros_say(
    value: int, unit: int
) -> None:
    stated = error_of(said(value, qualifier=Qualifier.MORE_THAN, rounding_unit=unit))
    assert error_of(said(value, qualifier=Qualifier.MORE_THAN)) == stated


def test_only_low_reliability_may_be_worthless() -> None:
    assert error_of(said(status=Status.LOW_RELIABILITY)).outlier_probability == 0.2
    assert error_of(said(status=Status.ESTIMATED)).outlier_probability == 0


def test_a_source_is_compared_with_what_it_said_later() -> None:
    """CBP first said 1,000 and then 1,020; a paper that said 900 before is compared with CBP."""
    versions = [
        said(900, source="press", published_on=date(2024, 5, 10)),
        said(1000, published_on=date(2024, 5, 15)),
        said(1020, published_on=date(2024, 10, 22), status=Status.NORMAL),
    ]
    many = learn_revision_history([versions] * 500)
    assert many.for_source("cbp")[0].location == pytest.approx(np.log(1.02), rel=0.05)
    assert many.for_source("press")[0].location == pytest.approx(np.log(1020 / 900), rel=0.05)


@pytest.mark.parametrize(
    "versions",
    [
        [said(1000)],
        [said(1000, qualifier=Qualifier.ABOUT), said(1500, published_on=date(2024, 6, 20))],
        [said(1000, status=Status.LOW_RELIABILITY), said(1500, published_on=date(2024, 6, 20))],
        [said(0), said(5, published_on=date(2024, 6, 20))],
        [said(1000, status=Status.NORMAL), said(1500, published_on=date(2024, 6, 20))],
        [said(1000), said(None, published_on=date(2024, 6, 20))],
    ],
)
def test_nothing_is_learned_from_single_vague_unreliable_zero_final_or_withdrawn_figures(
    versions: list[Observation],
) -> None:
    assert (
        learn_revision_history([versions] * 50).for_source("cbp")
        == learn_revision_history([]).otherwise
    )


def test_cbp_is_known_to_revise_first_figures_most(loaded: Database) -> None:
    error = {
        month: e for month, e in _errors(made_from(loaded, "2025-09-30")).items() if e is not None
    }
    newest, older = error[Month.parse("2025-08")], error[Month.parse("2025-01")]
    assert 0.002 < newest.scale < 0.01
    assert older.scale < newest.scale / 2


def test_nothing_published_later_is_used(loaded: Database, loaded_copy: Database) -> None:
    """Against the same store in which whatever was published later is retracted."""
    rng = random.Random(8)
    with loaded.reading() as session:
        first = {
            series.key: store.first_full_release(session, series.id) or date.max
            for series in store.all_series(session)
            if not series.ended and not series.covariate
        }
    for day in ("2023-03-31", "2024-05-08", "2025-02-28"):
        with loaded_copy.writing() as session:
            later = ReleaseRow.published_on > date.fromisoformat(day)
            session.execute(update(ReleaseRow).values(retracted_at=None))
            session.execute(update(ReleaseRow).where(later).values(retracted_at=datetime.now(UTC)))
        published = [
            key
            for key in first
            if first[key] <= date.fromisoformat(day) and "southwest.citizenship" not in key
        ]  # those have too few figures to be forecast
        for key in {SOUTHWEST, *rng.sample(published, 4)}:
            known, then = made_from(loaded, day, key), made_from(loaded_copy, day, key)
            assert known.series.measurement == then.series.measurement
            assert known.data_version == then.data_version


def test_a_retraction_is_noticed(loaded_copy: Database) -> None:
    before = made_from(loaded_copy, "2024-05-16").series.measurement
    with loaded_copy.writing() as session:
        early = ReleaseRow.published_on.between(date(2022, 1, 1), date(2023, 10, 30))
        session.execute(update(ReleaseRow).where(early).values(retracted_at=datetime.now(UTC)))
    assert made_from(loaded_copy, "2024-05-16").series.measurement != before


def test_figures_of_other_series_change_nothing_meanwhile(loaded_copy: Database) -> None:
    before = made_from(loaded_copy, "2024-05-08").data_version
    with loaded_copy.writing() as session:
        other = NewObservation("ofo.southwest", APRIL, 50000, Status.PROVISIONAL)
        publish(session, "cbp", "2024-05-08", other)
    assert made_from(loaded_copy, "2024-05-08").data_version == before


def test_another_error_is_another_version_of_the_data() -> None:
    versions = {
        data_version([(said(), error)]) for error in (None, *map(error_of, (said(), said(5))))
    }
    assert len(versions) == 2  # the two figures have the same error, which is relative
    assert data_version([(said(), MeasurementNoise(scale=0.0041))]) not in versions


def test_april_2024_by_word_of_mouth_is_believed_with_more_doubt_than_the_published_one(
    loaded: Database,
) -> None:
    """7 May: about 129,000, from an unnamed person. 15 May: 128,900. Final: 128,895."""
    heard, published, final = (
        forecast_of(loaded, day) for day in ("2024-05-08", "2024-05-16", "2024-10-30")
    )
    assert heard.origin == published.origin == APRIL
    np.testing.assert_allclose(heard.median, published.median, rtol=0.02)
    assert heard.provisional_share > 5 * published.provisional_share > 0
    assert heard.provisional_share < 0.2
    widths = [
        np.log(made.interval(0.8)[1][0] / made.interval(0.8)[0][0]) for made in (heard, published)
    ]
    assert widths[0] > widths[1]
    assert final.provisional_share == 0.0


def test_a_wild_rumor_does_not_drag_the_forecast_and_the_final_figure_moves_it(
    loaded_copy: Database,
) -> None:
    """Planted: on 7 May 2024 somebody unnamed says 1,290,000 for April."""
    published = forecast_of(loaded_copy, "2024-05-16")
    before = forecast_of(loaded_copy, "2024-05-06")
    with loaded_copy.writing() as session:
        rumor = NewObservation(
            SOUTHWEST, APRIL, 1_290_000, Status.LOW_RELIABILITY, Qualifier.ABOUT, 10_000
        )
        publish(session, "another paper", "2024-05-08", rumor)
    dragged = forecast_of(loaded_copy, "2024-05-08")
    assert dragged.origin == APRIL
    np.testing.assert_allclose(dragged.median[:-1], before.median[1:], rtol=0.05)
    assert dragged.quantiles([0.975])[0, 0] < 1.5 * before.quantiles([0.975])[1, 0]
    assert dragged.provisional_share > 0.2
    assert "2024-04, 1,290,000, is of low reliability" in str(dragged.warnings[0])
    np.testing.assert_allclose(
        forecast_of(loaded_copy, "2024-05-16").median, published.median, rtol=0.001
    )


def test_the_forecast_moves_with_the_final_figure(loaded_copy: Database) -> None:
    with loaded_copy.writing() as session:
        publish(
            session,
            "cbp",
            "2024-05-20",
            NewObservation(SOUTHWEST, APRIL, 100_000, Status.PROVISIONAL),
        )
    before, after = (forecast_of(loaded_copy, day) for day in ("2024-05-16", "2024-05-21"))
    assert after.median[0] < 0.9 * before.median[0]


def test_rounded_figures_of_a_small_sector_are_more_doubtful_than_those_of_a_large_one(
    loaded: Database,
) -> None:
    small, large = (
        forecast(made_from(loaded, "2025-03-31", key).series, model="log-random-walk")
        for key in ("usbp.northern.houlton", "usbp.southwest.tucson")
    )
    assert small.provisional_share > 10 * large.provisional_share > 0


def test_the_answer_says_how_much_is_owed_to_doubt(client: TestClient) -> None:
    shares = [
        client.get(
            "/forecast", params={"series": SOUTHWEST, "as_of": day, "model": "log-random-walk"}
        ).json()["provisional_share"]
        for day in ("2024-05-08", "2024-05-16", "2024-10-30")
    ]
    assert shares[0] > shares[1] > shares[2] == 0.0


def _errors(given: ForecastInputs) -> dict[Month, MeasurementNoise | None]:
    assert given.series.measurement is not None
    return dict(zip(given.series.months, given.series.measurement, strict=True))
