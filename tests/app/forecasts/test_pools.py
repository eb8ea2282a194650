"""Which pool serves a forecast, and that it is learned once."""

import asyncio
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.forecasts.inputs import load_inputs
from app.forecasts.issuing import issue_forecast
from app.forecasts.missing_forecasts import MissingForecast, compute_all, find_missing
from app.forecasts.pools import (
    KEPT,
    Pools,
    ReleasesHaveChanged,
    decode_pool,
    find_stored_pool,
    get_or_learn_pool,
    load_known_series,
    pool_key_for_series,
    store_pool,
)
from app.forecasts.scenarios import Assumptions, ScenarioService
from app.forecasts.service import ForecastService
from app.forecasts.specification import METHOD, Group, PoolKey, Specification
from app.forecasts.tables import PoolRow
from app.observations.retraction import retract
from app.storage.database import Database
from forecasting import Month, MonthlySeries, forecast, learn_pool
from tests.app.forecasts.conftest import CountingWorkers
from tests.app.observations.publishing import figure, publish

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
SOUTHWEST, TUCSON = "usbp.southwest", "usbp.southwest.tucson"
MAY_2024 = date(2024, 5, 16)


def clock() -> datetime:
    return NOW


def name_of(
    database: Database,
    key: str = SOUTHWEST,
    *,
    today: date = TODAY,
    as_of: date | None = None,
    model: str = "auto",
) -> PoolKey | None:
    with database.reading() as session:
        return pool_key_for_series(session, model, key, today=today, as_of=as_of)


def version_of(
    database: Database, key: str, *, as_of: date | None = None, model: str = "auto"
) -> str:
    with database.reading() as session:
        pool = pool_key_for_series(session, model, key, today=TODAY, as_of=as_of)
        return load_inputs(session, key, today=TODAY, as_of=as_of, pool=pool).data_version


def pools(database: Database) -> list[PoolRow]:
    with database.reading() as session:
        return list(session.scalars(select(PoolRow).order_by(PoolRow.id)))


def store_empty(database: Database, name: PoolKey, learned_at: datetime = NOW) -> None:
    """Store a pool that nothing was learned for."""
    with database.writing() as session:
        store_pool(session, name, 0, None, learned_at=learned_at)


def stored(database: Database, name: PoolKey) -> PoolRow | None:
    with database.reading() as session:
        return find_stored_pool(session, name)


def known_series(database: Database, name: PoolKey) -> dict[str, MonthlySeries]:
    with database.reading() as session:
        return load_known_series(session, name)


def missing(database: Database, specification: Specification) -> list[MissingForecast]:
    with database.reading() as session:
        return find_missing(session, specification, today=TODAY)


def load(database: Database, day: date, key: str, period: str, value: int) -> int:
    """Publish a figure; returns the release's number."""
    with database.writing() as session:
        return publish(session, "cbp", day, figure(key, period, value)).release


def test_models_that_take_nothing_have_none_and_their_data_version_none_of_it(
    loaded_copy: Database,
) -> None:
    assert name_of(loaded_copy, model="structural") is None
    with loaded_copy.reading() as session:
        plain = load_inputs(session, SOUTHWEST, today=TODAY).data_version
    assert version_of(loaded_copy, SOUTHWEST, model="structural") == plain
    assert version_of(loaded_copy, SOUTHWEST) != plain


def test_series_of_one_border_share_a_pool_and_those_of_others_have_their_own(
    loaded_copy: Database,
) -> None:
    assert name_of(loaded_copy) == name_of(loaded_copy, "ofo.southwest.laredo")
    assert name_of(loaded_copy) == name_of(loaded_copy, "usbp.citizenship.venezuela")
    keys = ("frontex", "uk.small-boats", "mexico.irregular-events", "panama.darien-transits")
    names = {name_of(loaded_copy, key) for key in (SOUTHWEST, *keys)}
    assert len(names) == 5


def test_no_covariate_and_no_series_without_figures_enough_is_in_a_pool(
    loaded_copy: Database,
) -> None:
    """`ofo` has 11 figures, citizenships of the southwest 8 at most."""
    assert name_of(loaded_copy, "cbp-one.appointments") is None
    name = name_of(loaded_copy)
    assert name is not None
    members = known_series(loaded_copy, name).keys()
    assert {key.split(".")[0] for key in members} == {"cbp", "ofo", "usbp"}
    assert {"usbp.citizenship.brazil", "usbp.southwest.title-42", "ofo.southwest.tucson"} <= members
    assert members.isdisjoint({"ofo", "ofo.northern", "usbp.southwest.citizenship.mexico"})
    assert len(members) == 70


def test_members_of_other_pools_are_the_series_of_their_borders(loaded_copy: Database) -> None:
    sizes = {}
    for key in ("frontex", "uk.small-boats", "mexico.irregular-events", "panama.darien-transits"):
        name = name_of(loaded_copy, key)
        assert name is not None
        members = known_series(loaded_copy, name)
        assert {member.split(".")[0] for member in members} == {key.split(".")[0]}
        sizes[key] = len(members)
    assert list(sizes.values()) == [23, 1, 13, 6]


def test_a_release_of_another_border_changes_no_pool_and_no_forecast_of_this_one(
    loaded_copy: Database,
) -> None:
    before = (name_of(loaded_copy), version_of(loaded_copy, SOUTHWEST))
    frontex = name_of(loaded_copy, "frontex")
    with loaded_copy.writing() as session:
        publish(session, "frontex", TODAY, figure("frontex.western-balkan", "2025-05", 900))
    assert (name_of(loaded_copy), version_of(loaded_copy, SOUTHWEST)) == before
    assert name_of(loaded_copy, "frontex") != frontex


def test_days_between_two_releases_share_one(loaded_copy: Database) -> None:
    load(loaded_copy, date(2024, 5, 18), TUCSON, "2024-05", 30_000)
    first, second, third = (
        name_of(loaded_copy, as_of=MAY_2024 + timedelta(days=days)) for days in (0, 1, 2)
    )
    assert first == second != third


def test_what_is_published_later_changes_no_past_pool(loaded_copy: Database) -> None:
    before = (
        name_of(loaded_copy, as_of=MAY_2024),
        version_of(loaded_copy, SOUTHWEST, as_of=MAY_2024),
    )
    load(loaded_copy, TODAY, TUCSON, "2026-09", 9_000_000)
    assert (
        name_of(loaded_copy, as_of=MAY_2024),
        version_of(loaded_copy, SOUTHWEST, as_of=MAY_2024),
    ) == before


def test_a_past_one_is_learned_from_the_figures_known_then(loaded_copy: Database) -> None:
    name = name_of(loaded_copy, as_of=MAY_2024)
    assert name is not None
    series = known_series(loaded_copy, name)
    assert series[SOUTHWEST].end == Month.parse("2024-04")
    assert max(one.end for one in series.values()) == Month.parse("2024-04")


def test_what_comes_in_during_a_day_takes_the_pool_of_the_day_and_the_next_day_another(
    loaded_copy: Database,
) -> None:
    before = name_of(loaded_copy)
    assert before is not None
    others = version_of(loaded_copy, SOUTHWEST)
    store_empty(loaded_copy, before, NOW)
    load(loaded_copy, TODAY, TUCSON, "2026-09", 800)
    assert name_of(loaded_copy) == before
    assert version_of(loaded_copy, SOUTHWEST) == others
    assert name_of(loaded_copy, today=TOMORROW) != before


def test_as_long_as_nothing_changes_the_pool_stays(loaded_copy: Database) -> None:
    before = name_of(loaded_copy)
    assert before is not None
    store_empty(loaded_copy, before, NOW)
    assert name_of(loaded_copy, today=TODAY + timedelta(days=9)) == before


def test_one_of_a_past_day_never_serves_todays_figures(loaded_copy: Database) -> None:
    past = name_of(loaded_copy, as_of=MAY_2024)
    assert past is not None
    store_empty(loaded_copy, past, NOW)
    assert name_of(loaded_copy) != past


def test_a_retracted_release_leaves_what_was_before(loaded_copy: Database) -> None:
    before = name_of(loaded_copy)
    release = load(loaded_copy, TODAY, TUCSON, "2026-09", 800)
    assert name_of(loaded_copy) != before
    with loaded_copy.writing() as session:
        retract(session, release, now=NOW)
    assert name_of(loaded_copy) == before


def test_it_is_stored_as_it_was_learned(loaded_copy: Database) -> None:
    name = name_of(loaded_copy)
    assert name is not None
    learned = get_or_learn_pool(loaded_copy, clock, name)
    assert learned is not None
    [row] = pools(loaded_copy)
    assert (row.version, row.live, row.series, row.learned_at) == (
        learned.version,
        True,
        len(known_series(loaded_copy, name)),
        NOW,
    )
    again = decode_pool(row)
    assert again is not None
    assert again.version == learned.version
    assert (
        get_or_learn_pool(loaded_copy, clock, name, learn=lambda _: pytest.fail("learned twice"))
        is not None
    )


def test_too_few_series_are_remembered_too(loaded_copy: Database) -> None:
    name = name_of(loaded_copy)
    assert name is not None
    assert get_or_learn_pool(loaded_copy, clock, name, learn=lambda _: None) is None
    row = stored(loaded_copy, name)
    assert row is not None
    assert decode_pool(row) is None


def test_figures_that_come_between_are_an_error_that_says_to_try_again(
    loaded_copy: Database,
) -> None:
    name = name_of(loaded_copy)
    assert name is not None
    load(loaded_copy, TODAY, TUCSON, "2026-09", 800)
    with pytest.raises(ReleasesHaveChanged, match="Try again"):
        get_or_learn_pool(loaded_copy, clock, name)


def past(number: int) -> PoolKey:
    """A pool of some past day."""
    return PoolKey(f"past {number}", MAY_2024, live=False, group=Group("us", "encounters"))


def test_the_store_keeps_the_last_ones(loaded_copy: Database) -> None:
    for number in range(KEPT + 3):
        store_empty(loaded_copy, past(number), NOW + timedelta(seconds=number))
    assert [row.releases_digest for row in pools(loaded_copy)] == [
        past(number).releases_digest for number in range(3, KEPT + 3)
    ]


def test_the_one_that_serves_today_stays_however_old_it_is(loaded_copy: Database) -> None:
    serves = name_of(loaded_copy)
    assert serves is not None
    store_empty(loaded_copy, serves, NOW - timedelta(days=40))
    for number in range(KEPT + 3):
        store_empty(loaded_copy, past(number), NOW + timedelta(seconds=number))
    assert name_of(loaded_copy) == serves
    assert stored(loaded_copy, serves) is not None
    assert len(pools(loaded_copy)) == KEPT + 1


def test_the_one_of_this_day_stays_when_figures_have_come_since(loaded_copy: Database) -> None:
    serves = name_of(loaded_copy)
    assert serves is not None
    store_empty(loaded_copy, serves, NOW)
    load(loaded_copy, TODAY, TUCSON, "2026-09", 800)
    for number in range(KEPT + 3):
        store_empty(loaded_copy, past(number), NOW + timedelta(seconds=1 + number))
    assert name_of(loaded_copy) == serves
    assert stored(loaded_copy, serves) is not None


def test_of_two_that_are_stored_at_once_the_first_stays(loaded_copy: Database) -> None:
    name = past(1)

    def store_another() -> None:
        with loaded_copy.writing() as session:
            store_pool(session, name, 2, None, learned_at=NOW + timedelta(seconds=1))

    later = threading.Thread(target=store_another)
    with loaded_copy.writing() as session:
        session.add(
            PoolRow(
                releases_digest=name.releases_digest,
                method=METHOD,
                live=False,
                learned_at=NOW,
                series=1,
            )
        )
        session.flush()
        later.start()
        later.join(0.3)
        assert later.is_alive()  # it waits for this transaction
    later.join()
    assert [(row.series, row.learned_at) for row in pools(loaded_copy)] == [(1, NOW)]


def test_a_forecast_is_made_with_the_pool_of_all_series(loaded_copy: Database) -> None:
    issued = issue_forecast(loaded_copy, clock, SOUTHWEST, Specification("auto", 0), as_of=MAY_2024)
    name = name_of(loaded_copy, as_of=MAY_2024)
    assert name is not None
    series = known_series(loaded_copy, name)
    by_hand = forecast(series[SOUTHWEST], 36, pool=learn_pool(series))
    assert issued.archived.parameters == {
        name: list(values) for name, values in by_hand.parameters.items()
    }
    assert issued.archived.data_version == version_of(loaded_copy, SOUTHWEST, as_of=MAY_2024)


def test_simultaneous_requests_for_several_series_learn_one(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    async def ask() -> None:
        learning = Pools(loaded_copy, workers, clock)
        service = ForecastService(loaded_copy, workers, learning, clock, seed=0)
        keys = (SOUTHWEST, TUCSON) * 3
        await asyncio.gather(*(service.forecast(key, model="auto", as_of=MAY_2024) for key in keys))
        await service.close()
        await learning.close()

    before = workers.given
    asyncio.run(ask())
    assert workers.given == before + 3  # a pool and two forecasts
    assert len(pools(loaded_copy)) == 1


def test_a_forecast_and_a_scenario_at_once_learn_one(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    async def ask() -> None:
        learning = Pools(loaded_copy, workers, clock)
        service = ForecastService(loaded_copy, workers, learning, clock, seed=0)
        scenarios = ScenarioService(loaded_copy, workers, learning, clock, seed=0)
        given = await scenarios.inputs(SOUTHWEST, "auto", MAY_2024)
        await asyncio.gather(
            service.forecast(TUCSON, model="auto", as_of=MAY_2024),
            scenarios.compute(given, Assumptions({}, ()), "auto"),
        )
        await service.close()
        await learning.close()

    before = workers.given
    asyncio.run(ask())
    assert workers.given == before + 3  # a pool, a forecast, and a scenario
    assert len(pools(loaded_copy)) == 1


def test_a_batch_learns_one_before_its_forecasts(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    specification = Specification("auto", 0)
    todo = missing(loaded_copy, specification)[:2]
    before = workers.given
    assert {*compute_all(loaded_copy, workers, todo, clock)} == {one.key for one in todo}
    assert workers.given == before + 3
    left = {one.key for one in missing(loaded_copy, specification)}
    assert left.isdisjoint(one.key for one in todo)
