"""Somebody who loads figures over HTTP, and looks at the store to see what became of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from app.config import Settings
from app.keys.issuing import WRITE, add_key
from app.main import create_app
from app.storage.database import Base, Database
from tests.app.observations.publishing import make_series

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BEARER = "office"  # name of the key that it writes with
_QUIET: dict[str, Any] = {"refresh": False, "write_rate": "100000/minute"}
_numbers = count(1)


class ServiceClient:
    """A client of a running service that may write, and the service's store."""

    def __init__(self, client: TestClient, database: Database, key: str) -> None:
        self.client = client
        self.database = database
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}"}

    def new_series(self) -> str:
        """A series that nothing was said of yet; returns its key."""
        key = f"usbp.southwest.sector-{next(_numbers)}"
        with self.database.writing() as session:
            make_series(session, key)
        return key

    def load(self, source: str, day: str, *figures: dict[str, Any], **query: Any) -> Response:
        """Hand in a release as JSON."""
        release = {"source": source, "title": f"Figures of {source}", "published_on": day}
        return self.submit({"release": release, "observations": list(figures)}, **query)

    def submit(self, document: Any, **query: Any) -> Response:
        return self.client.post("/observations", params=query, json=document, headers=self.headers)

    def load_csv(
        self,
        text: str | bytes | Iterable[bytes],
        source: str = "cbp",
        day: str = "2024-05-15",
        **query: Any,
    ) -> Response:
        """Hand in a tidy CSV file."""
        return self.send(text, source=source, published_on=day, **query)

    def send(self, body: Any, kind: str = "text/csv", **query: Any) -> Response:
        headers = self.headers | {"Content-Type": kind}
        return self.client.post("/observations", params=query, content=body, headers=headers)

    def retract(self, release: int | str) -> Response:
        return self.client.post(f"/releases/{release}/retraction", headers=self.headers)

    def history(self, series: str, **asked: Any) -> dict[str, int | None]:
        """Value by month."""
        answer = self.client.get("/history", params={"series": series} | asked)
        assert answer.status_code == 200, answer.text
        return {entry["period"]: entry["value"] for entry in answer.json()["observations"]}

    def versions(self, series: str, period: str) -> list[dict[str, Any]]:
        """What was said of one month, newest first."""
        answer = self.client.get("/observations", params={"series": series, "period": period})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["observations"])

    def releases(self) -> dict[int, dict[str, Any]]:
        return {
            one["id"]: one for one in self.client.get("/releases?limit=1000").json()["releases"]
        }

    def kept(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.database.reading() as session:
            return {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Base.metadata.tables.items()
            }


@contextmanager
def open_client(url: str, **settings: Any) -> Iterator[ServiceClient]:
    """The service on a migrated store, and somebody with a key to it."""
    database = Database(url)
    with database.writing() as session:
        key = add_key(session, BEARER, [WRITE], now=NOW)
    app = create_app(Settings(database_url=url, workers=1, **_QUIET | settings), clock=lambda: NOW)
    with TestClient(app) as client:
        yield ServiceClient(client, database, key)
    database.close()


def said(series: str, period: str, value: int | None, **more: Any) -> dict[str, Any]:
    """One figure of a JSON submission."""
    return {"series": series, "period": period, "value": value, **more}
