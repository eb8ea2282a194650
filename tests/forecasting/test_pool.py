"""What series take from each other: a value, learned once, and nothing from the future."""

from dataclasses import replace

import numpy as np
import pytest

from forecasting import (
    MeasurementNoise,
    Month,
    MonthlySeries,
    Pool,
    forecast,
    forecast_many,
    learn_pool,
)
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.backtest.rolling_origin import up_to

LEVELS = [0.025, 0.1, 0.5, 0.9, 0.975]


def sectors(count: int = 6, months: int = 90) -> dict[str, MonthlySeries]:
    """Log random walks that begin and end in different months."""
    rng = np.random.default_rng(4)
    return {
        f"sector.{nth}": MonthlySeries(
            Month.parse("2015-01") + 3 * nth,
            np.round(3000 * np.exp(np.cumsum(rng.normal(0, 0.15, months - 4 * nth)))),
        )
        for nth in range(count)
    }


@pytest.fixture(scope="module")
def many() -> dict[str, MonthlySeries]:
    return sectors()


def learned(many: dict[str, MonthlySeries], constants: Constants = CONSTANTS) -> Pool:
    pool = learn_pool(many, constants)
    assert pool is not None
    return pool


@pytest.fixture(scope="module")
def pool(many: dict[str, MonthlySeries]) -> Pool:
    return learned(many)


def changed(series: MonthlySeries, month: Month, factor: float) -> MonthlySeries:
    """The series with its figures from a month on multiplied."""
    values = series.values.copy()
    values[max(month - series.start, 0) :] *= factor
    return MonthlySeries(series.start, values)


def test_four_series_are_too_few(many: dict[str, MonthlySeries]) -> None:
    assert learn_pool({}) is None
    assert learn_pool(dict(list(many.items())[:4])) is None
    assert learn_pool(dict(list(many.items())[:5])) is not None


def test_a_series_without_three_figures_does_not_count(many: dict[str, MonthlySeries]) -> None:
    few = dict(list(many.items())[:4]) | {"sector.new": MonthlySeries("2020-01", [4, 5])}
    assert learn_pool(few) is None


def test_it_has_a_row_for_every_month_of_any_series(
    pool: Pool, many: dict[str, MonthlySeries]
) -> None:
    assert pool.first == min(series.start for series in many.values())
    assert pool.last == max(series.end for series in many.values())
    assert pool.evidence.shape == (90, 39)
    assert pool.ratio.shape == (90, 36)
    assert pool.products.shape == (8, 36, 36)


def test_what_the_constants_leave_out_is_not_in_it(many: dict[str, MonthlySeries]) -> None:
    never = replace(CONSTANTS, pool_strength=1e12)
    ours, bare = learned(many), learned(many, never)
    assert np.abs(ours.ratio).max() > 0.01
    np.testing.assert_allclose(bare.ratio, 0, atol=1e-9)


def test_the_order_of_the_series_changes_nothing(
    pool: Pool, many: dict[str, MonthlySeries]
) -> None:
    assert learned(dict(reversed(many.items()))).version == pool.version


def test_it_is_the_same_from_its_bytes(pool: Pool) -> None:
    again = Pool.from_bytes(pool.to_bytes())
    assert again.version == pool.version
    assert again.to_bytes() == pool.to_bytes()


def test_a_forecast_from_its_bytes_is_the_same(pool: Pool, many: dict[str, MonthlySeries]) -> None:
    series = many["sector.2"]
    again = forecast(series, pool=Pool.from_bytes(pool.to_bytes()))
    assert again.paths.tobytes() == forecast(series, pool=pool).paths.tobytes()


def test_other_series_give_another_version(pool: Pool, many: dict[str, MonthlySeries]) -> None:
    doubled = changed(many["sector.0"], Month.parse("2019-01"), 2)
    assert learned(many | {"sector.0": doubled}).version != pool.version


def test_arrays_that_do_not_fit_are_named(pool: Pool) -> None:
    with pytest.raises(ValueError, match=r"windows has shape \(3,\), expected \(8,\)"):
        replace(pool, windows=np.zeros(3))


def test_it_changes_forecasts_but_only_of_models_that_take_something(
    pool: Pool, many: dict[str, MonthlySeries]
) -> None:
    series = many["sector.1"]
    assert forecast(series, pool=pool).paths.tobytes() != forecast(series).paths.tobytes()
    for model in ("log-random-walk", "structural"):
        assert (
            forecast(series, model=model, pool=pool).paths.tobytes()
            == forecast(series, model=model).paths.tobytes()
        )


def test_many_are_forecast_as_each_with_the_pool_of_all(
    pool: Pool, many: dict[str, MonthlySeries]
) -> None:
    by_hand = {key: forecast(series, 6, seed=3, pool=pool) for key, series in many.items()}
    made = forecast_many(many, 6, seed=3)
    assert list(made) == list(by_hand)
    for key, one in made.items():
        assert one.paths.tobytes() == by_hand[key].paths.tobytes()
        assert one.parameters == by_hand[key].parameters


def test_what_other_series_did_after_an_origin_changes_nothing(
    many: dict[str, MonthlySeries],
) -> None:
    """The last sector ends months before the first, and knows nothing of its later jump."""
    last = many["sector.5"]
    after = last.end + 1
    assert many["sector.0"].end > after
    planted = many | {"sector.0": changed(many["sector.0"], after, 100)}
    usual, wild = (forecast_many(given)["sector.5"] for given in (many, planted))
    np.testing.assert_allclose(wild.quantiles(LEVELS), usual.quantiles(LEVELS), rtol=1e-5)
    np.testing.assert_array_equal(wild.paths.argsort(axis=0), usual.paths.argsort(axis=0))


def test_a_pool_learned_later_serves_an_earlier_origin_with_what_was_known_then(
    pool: Pool, many: dict[str, MonthlySeries]
) -> None:
    """As if learned at the origin, except for the dependence, which is kept by calendar year."""
    origin = Month.parse("2019-12")
    cut = {
        key: MonthlySeries(one.start, one.values[: origin - one.start + 1])
        for key, one in many.items()
    }
    then = learn_pool(cut)
    for series in cut.values():
        now = forecast(series, pool=pool)
        np.testing.assert_allclose(
            now.quantiles(LEVELS), forecast(series, pool=then).quantiles(LEVELS), rtol=1e-5
        )


def test_rows_after_the_last_are_as_the_last_and_those_before_the_first_say_nothing(
    pool: Pool,
) -> None:
    rows = pool.rows(pool.last - 1, 4)
    np.testing.assert_array_equal(rows.ratio, pool.ratio[[-2, -1, -1, -1]])
    np.testing.assert_array_equal(rows.excess_volatility, pool.excess_volatility[[-2, -1, -1, -1]])
    before = pool.rows(pool.first - 2, 3)
    assert not before.evidence[:2].any()
    np.testing.assert_array_equal(before.ratio[2], pool.ratio[0])


def test_figures_enter_as_what_they_probably_were(many: dict[str, MonthlySeries]) -> None:
    """A rumor of fifty times the level, of low reliability, is as good as no figure."""
    key, series = "sector.5", many["sector.5"]
    values = np.append(series.values, 50 * series.values[-1])
    errors = [*[None] * len(series), MeasurementNoise(scale=0.005, outlier_probability=0.2)]
    heard = many | {key: MonthlySeries(series.start, values, errors)}
    assert learned(heard).version == learned(many).version
    believed = many | {key: MonthlySeries(series.start, values)}
    assert learned(believed).version != learned(many).version


ORIGIN = Month.parse("2019-12")


def uncertain_sectors() -> dict[str, MonthlySeries]:
    """Sectors of which some figures are provisional and some rumors, and one that begins at the
    origin."""
    found = {}
    for key, one in sectors(months=80).items():
        errors: list[MeasurementNoise | None] = [None] * len(one)
        errors[4::7] = [MeasurementNoise(location=0.01, scale=0.03)] * len(errors[4::7])
        values = one.values.copy()
        for at in (20, ORIGIN - one.start - 1):
            values[at] *= 30
            errors[at] = MeasurementNoise(scale=0.01, outlier_probability=0.2)
        found[key] = MonthlySeries(one.start, values, errors)
    return found | {"sector.new": MonthlySeries(ORIGIN - 1, found["sector.0"].values[:12])}


def planted(series: MonthlySeries, garbage: str) -> MonthlySeries:
    """The series with garbage in the place of every figure after the origin."""
    values, after = series.values.copy(), ORIGIN - series.start + 1
    rest = values[after:]
    values[after:] = {"huge": 1e4 * rest, "rounded": np.round(rest, -3), "zero": 0 * rest}[garbage]
    return MonthlySeries(series.start, values, series.measurement)


def test_whatever_comes_after_an_origin_leaves_its_forecasts_byte_for_byte() -> None:
    """Rounded figures, huge ones, and zeros, or none at all, after uncertain figures too."""
    many = uncertain_sectors()
    known = {key: up_to(one, ORIGIN) for key, one in many.items()}
    cut = {key: one for key, one in known.items() if one is not None}
    pools = [learn_pool(cut)]
    for garbage in ("huge", "rounded", "zero"):
        pools.append(learn_pool({key: planted(one, garbage) for key, one in many.items()}))
    for key in ("sector.0", "sector.5"):
        made = {forecast(cut[key], draws=50, pool=pool).paths.tobytes() for pool in pools}
        assert len(made) == 1
