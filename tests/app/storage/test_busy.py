"""A store whose connections are all taken."""

from contextlib import ExitStack

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import errors
from app.storage.database import Database


def test_a_request_that_gets_no_connection_in_time_is_told_when_to_ask_again(
    database: Database,
) -> None:
    app, busy = (
        FastAPI(),
        Database(database.url.render_as_string(hide_password=False), connections=2, patience=0.05),
    )
    errors.install(app)

    @app.get("/")
    def ask() -> None:
        with busy.reading() as session:
            session.execute(text("SELECT 1"))

    with ExitStack() as taken, TestClient(app, raise_server_exceptions=False) as client:
        for _ in range(2):
            taken.enter_context(busy.engine.connect())
        response = client.get("/")
        assert response.status_code == 503
        assert response.headers["retry-after"] == "5"
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"] == "/problems/store-busy"
        taken.close()
        assert client.get("/").status_code == 200
    busy.close()
