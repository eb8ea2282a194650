"""The documentation pages in a real browser that can reach nothing but the service."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.system.service import Service
from tests.system.visiting import Visit, serving_the_record, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("pages")

OPERATIONS = ("/series", "/history", "/forecast", "/health", "/ready")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the bundled record, without a forecast yet."""
    with serving_the_record(tmp_path_factory.mktemp("docs")) as service:
        yield service


@pytest.fixture
def visit(browser: "Browser", service: Service) -> Iterator[Visit]:
    with visiting(browser, service, viewport={"width": 1280, "height": 1600}) as visit:
        yield visit


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
    page.get_by_role("heading", name="Get the forecast").first.wait_for()
    visit.picture("redoc")
    assert page.get_by_role("heading", name="Bordercast").count() >= 1
    assert (visit.requests_elsewhere, visit.errors) == ([], [])
