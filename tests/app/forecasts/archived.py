"""Looks into the archive of a running service, beside its interface."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.dependencies import services_of
from app.forecasts.tables import ForecastRow
from app.observations.store import find_series
from app.storage.database import Database


def database_of(client: TestClient) -> Database:
    app = client.app
    assert isinstance(app, FastAPI)
    return services_of(app).database


def archived_paths(client: TestClient, key: str, data_version: str, model: str = "auto") -> bytes:
    """The stored paths of the one forecast of a series from these figures by a model."""
    with database_of(client).reading() as session:
        series = find_series(session, key)
        assert series is not None
        wanted = select(ForecastRow.paths).where(
            ForecastRow.series_id == series.id,
            ForecastRow.data_version == data_version,
            ForecastRow.model == model,
        )
        return session.scalars(wanted).one()
