"""A page asks the store once for each thing that it shows."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.config import Settings
from app.main import create_app
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import SQLiteStores

pytestmark = pytest.mark.slow

SERIES = "a.border"


def test_a_page_with_changes_reads_no_figures_twice(tmp_path: Path) -> None:
    moments = [NOW]
    stores = SQLiteStores(tmp_path)
    url = stores.create()
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        make_series(session, SERIES)
        months = [f"{2022 + month // 12}-{month % 12 + 1:02}" for month in range(48)]
        publish(session, "cbp", "2026-01-15", *(figure(SERIES, month, 1000) for month in months))
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: moments[-1])) as client:
        _issue(client, moments)
        with database.writing() as session:
            publish(session, "cbp", "2026-02-15", figure(SERIES, "2026-01", 1100))
        _issue(client, moments)
        reads: Counter[tuple[str, str]] = Counter()

        def count(_: object, __: object, statement: str, values: object, *___: object) -> None:
            reads[statement, str(values)] += 1

        event.listen(Engine, "before_cursor_execute", count)
        try:
            page = client.get("/", params={"series": SERIES, "years": "all"}).text
        finally:
            event.remove(Engine, "before_cursor_execute", count)
    database.close()
    assert "What changed since last time" in page
    repeated = [read for read, times in reads.items() if times > 1 and "observations" in read[0]]
    assert repeated == []


def _issue(client: TestClient, moments: list[datetime]) -> None:
    moments.append(moments[-1] + timedelta(hours=1))
    asked = {"series": SERIES, "model": "auto", "fresh": "true"}
    assert client.get("/forecast", params=asked).status_code == 200
