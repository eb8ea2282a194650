"""The documentation pages in a real browser that can reach nothing but the service."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from app.database import Database
from app.observations import bundle
from tests.conftest import NOW
from tests.system.service import ROOT, Service

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ARTEFACTS = ROOT / "artefacts"
OPERATIONS = ("/series", "/history", "/forecast", "/health", "/ready")
LONG_ENOUGH = 60_000  # milliseconds


@dataclass
class Visit:
    """A page, with what went wrong while it was looked at."""

    page: "Page"
    service: Service
    requests_elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> "Page":
        self.page.goto(f"http://127.0.0.1:{self.service.port}{path}", wait_until="networkidle")
        return self.page

    def keep_out(self, route: "Route") -> None:
        """Let a request through to the service; note and stop every other."""
        address = urlsplit(route.request.url)
        if address.scheme in ("data", "blob") or address.netloc == f"127.0.0.1:{self.service.port}":
            route.continue_()
        else:
            self.requests_elsewhere.append(route.request.url)
            route.abort()

    def picture(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the bundled record, without a forecast yet."""
    store = Path(tmp_path_factory.mktemp("docs")) / "store.db"
    database = Database(f"sqlite:///{store}")
    database.upgrade()
    with database.writing() as session:
        bundle.load(session, bundle.Bundle(), recorded_at=NOW)
    database.close()
    with Service.run(store, command="serve") as service:
        yield service.until_it_serves()


@pytest.fixture
def visit(browser: "Browser", service: Service) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    page = context.new_page()
    page.set_default_timeout(LONG_ENOUGH)
    visit = Visit(page, service)
    context.route("**/*", visit.keep_out)
    page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    yield visit
    context.close()


def test_docs_show_every_operation_and_need_nothing_from_elsewhere(visit: Visit) -> None:
    page = visit.open("/docs")
    page.locator(".opblock").first.wait_for()
    shown = page.locator(".opblock-summary-path").all_inner_texts()
    visit.picture("docs")
    assert set(OPERATIONS) <= {path.replace("\u200b", "") for path in shown}
    assert (visit.requests_elsewhere, visit.errors) == ([], [])


def test_a_forecast_can_be_tried_out_in_the_docs_as_it_stands(visit: Visit) -> None:
    """Without typing anything: the examples of the document are what is asked for."""
    page = visit.open("/docs")
    operation = page.locator(".opblock", has=page.locator('[data-path="/forecast"]')).first
    operation.locator(".opblock-summary-control").click()
    with page.expect_response(lambda response: "/forecast?" in response.url) as answered:
        operation.locator("button.execute").click()
    response = answered.value
    operation.locator(".live-responses-table .response-col_status").first.wait_for()
    visit.picture("docs-forecast")
    assert response.status == 200
    assert "series=usbp.southwest" in response.url
    answer = response.json()
    assert answer["series"] == "usbp.southwest"
    shown = operation.locator(".live-responses-table").inner_text()
    assert "200" in shown
    assert answer["data_version"] in shown.replace("\n", "")
    assert str(answer["forecast"][0]["median"]) in shown
    assert (visit.requests_elsewhere, visit.errors) == ([], [])


def test_redoc_shows_the_document_and_needs_nothing_from_elsewhere(visit: Visit) -> None:
    page = visit.open("/redoc")
    page.get_by_role("heading", name="Forecast of the coming months, with intervals").first.wait_for()
    visit.picture("redoc")
    assert page.get_by_role("heading", name="Bordercast").count() >= 1
    assert (visit.requests_elsewhere, visit.errors) == ([], [])
