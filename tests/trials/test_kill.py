"""Services that are killed at random moments: every load is whole or absent, and none is lost."""

import os
import random
import time
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from app.storage.database import Database
from tests.stores import Stores
from tests.system.loading import figures, prepared, serving
from tests.system.service import PATIENCE

KILLS = int(os.environ.get("TRIALS_KILLS", "50"))  # on each database
SERIES, MONTHS = 60, 250


def test_a_service_killed_during_a_load_loses_and_doubles_nothing(
    stores: Stores, tmp_path: Path
) -> None:
    moments = random.Random(0)
    url = stores.create()
    key = prepared(url)
    usual = 0.5  # seconds that a load takes; measured below
    answered: set[int] = set()
    for trial in range(KILLS):
        with serving(url, key, tmp_path) as service:
            if trial:
                again = service.load(_file(trial - 1))
                assert again.status_code in (200, 201)
                answered.add(trial - 1)
            started = time.monotonic()
            assert service.load(_file(KILLS + trial)).status_code == 201
            answered.add(KILLS + trial)
            usual = time.monotonic() - started
            answer = service.later(_file(trial))
            time.sleep(moments.uniform(0, 1.2 * usual))
            service.service.process.kill()
            try:
                if answer.result(PATIENCE).status_code == 201:
                    answered.add(trial)
            except httpx2.HTTPError:
                pass  # the kill came first
        whole = _complete(url)
        assert answered <= whole <= answered | {trial}
    stores.drop(url)


@pytest.mark.parametrize("trial", range(KILLS // 10))
def test_a_killed_refresh_leaves_no_half_forecast(
    trial: int, stores: Stores, tmp_path: Path
) -> None:
    url = stores.create()
    key = prepared(url)
    refreshing = {"BORDERCAST_REFRESH": "true", "BORDERCAST_WORKERS": "1"}
    with serving(url, key, tmp_path) as service:
        assert service.load(figures(8, 60)).status_code == 201
    with serving(url, key, tmp_path, environ=refreshing) as service:
        time.sleep(random.Random(trial).uniform(0, 6))
        service.service.process.kill()
    with serving(url, key, tmp_path, environ=refreshing) as service:
        for one in range(8):
            answer = service.says(f"/forecast?series=usbp.made-{one}&horizon=36")
            assert len(answer["forecast"]) == 36
    database = Database(url)
    with database.engine.connect() as connection:
        copies = connection.scalars(
            text("SELECT count(*) FROM forecasts WHERE live GROUP BY series_id, data_version")
        ).all()
    database.close()
    assert set(copies) == {1}
    stores.drop(url)


def _file(number: int) -> str:
    return figures(SERIES, MONTHS, stem=f"usbp.trial{number}")


def _complete(url: str) -> set[int]:
    """The numbers of the files that a store holds. Fails the test if it holds one in part."""
    database = Database(url)
    counts: dict[int, int] = {}
    with database.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT series.key, count(*) FROM observations"
                " JOIN series ON series.id = observations.series_id GROUP BY series.key"
            )
        )
        for series_key, count in rows:
            number = int(series_key.split("-")[0].removeprefix("usbp.trial"))
            counts[number] = counts.get(number, 0) + count
    database.close()
    assert set(counts.values()) <= {SERIES * MONTHS}
    return set(counts)
