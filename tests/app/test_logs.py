"""The log: one line for each request, and every logger by the same renderer."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.config import LogFormat, Settings
from app.logs import new_handler
from app.main import create_app
from tests.app.client import BEARER, open_client, said
from tests.stores import SQLiteStores


@contextmanager
def logged(log_format: LogFormat = LogFormat.JSON) -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = new_handler(log_format, written), root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def lines(written: io.StringIO, logger: str | None = None) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in found if logger is None or line["logger"] == logger]


def test_a_request_is_one_line_with_the_number_that_its_answer_carries(
    sqlite_client: TestClient,
) -> None:
    with logged() as written:
        answer = sqlite_client.get("/series?limit=1", headers={"X-Request-ID": "proxy-17"})
    [line] = lines(written, "bordercast.requests")
    assert answer.headers["x-request-id"] == line["request_id"] == "proxy-17"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/series?limit=1", 200)
    assert 0 < line["duration_seconds"] < 60
    assert (line["event"], line["level"], line["client"]) == ("request", "info", "testclient")
    assert line["timestamp"].endswith("Z")
    assert "key_name" not in line


@pytest.mark.parametrize("given", ["", "with blanks", "x" * 65, "ünlesbar"])
def test_a_number_is_made_where_none_that_can_be_logged_is_given(
    sqlite_client: TestClient, given: str
) -> None:
    headers = {b"X-Request-ID": given.encode()}
    numbers = [
        sqlite_client.get("/health", headers=headers).headers["x-request-id"] for _ in range(2)
    ]
    assert len(set(numbers)) == 2
    assert {len(number) for number in numbers} == {32}


def test_a_load_is_logged_with_the_name_of_its_key(stores: SQLiteStores, migrated_url: str) -> None:
    with open_client(stores.copy(migrated_url)) as service, logged() as written:
        service.load("cbp", "2024-05-15", said("made.up", "2024-04", 5), create="true")
        service.client.get(f"/series?key={service.key}")
    load, read = lines(written, "bordercast.requests")
    assert (load["status"], load["key_name"]) == (201, BEARER)
    assert read["path"] == "/series?key=bordercast_***"
    assert service.key not in written.getvalue()


def test_what_is_logged_during_a_request_carries_its_number(tmp_path: Path) -> None:
    """Here, that the store has no tables."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}", refresh=False))
    with TestClient(app) as client, logged() as written:
        client.get("/sources", headers={"X-Request-ID": "17"})
    told = [line for line in lines(written) if line["event"].startswith("The store failed: ")]
    assert {line["request_id"] for line in told} == {"17"}


def test_every_logger_is_written_in_one_way() -> None:
    with logged() as written:
        logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
        logging.getLogger("sqlalchemy.pool").warning("bordercast_aB3 is gone")
        try:
            raise ValueError("broken")
        except ValueError:
            logging.getLogger("app.evaluation").exception("Scoring failed")
    server, database, failure = lines(written)
    assert server["event"] == "Started server process [7]"
    assert (database["logger"], database["level"]) == ("sqlalchemy.pool", "warning")
    assert database["event"] == "bordercast_*** is gone"
    assert "ValueError: broken" in failure["exception"]


def test_for_people_a_line_begins_with_what_happened(sqlite_client: TestClient) -> None:
    with logged(LogFormat.CONSOLE) as written:
        sqlite_client.get("/series?limit=1", headers={"X-Request-ID": "17"})
        sqlite_client.get("/nowhere")
    first, second = [line for line in written.getvalue().splitlines() if "requests" in line]
    assert '"GET /series?limit=1" 200' in first
    assert "request_id=17" in first
    assert '"GET /nowhere" 404' in second
