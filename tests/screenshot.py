"""Takes the pictures that README.md shows: `python -m tests.screenshot` writes them into docs/."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import BROWSER_OPTIONS, browser_executable
from tests.system.service import ROOT, Service
from tests.system.visiting import visiting

SIZE = {"width": 1120, "height": 1180}
FORECAST = "/charts/forecast.svg?series=usbp.southwest&as_of=2024-05-16"


def take_page(service: Service, target: Path) -> None:
    """The page of a service that has every forecast, so that they add up as for a reader."""
    service.until(
        lambda: service.get("/forecast?series=usbp.southwest")["reconciled"], "forecasts add up"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_executable(), args=BROWSER_OPTIONS
        )
        with visiting(browser, service, viewport=SIZE, locale="en-US") as visit:
            visit.open("/?series=usbp.southwest&years=10&scale=log").locator(
                ".chart.live"
            ).first.wait_for()
            visit.page.screenshot(path=target)
        browser.close()


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Service.run(Path(folder) / "store.db") as service,
    ):
        service.until_it_serves()
        (ROOT / "docs" / "forecast.svg").write_text(service.text(FORECAST), encoding="utf-8")
        take_page(service, ROOT / "docs" / "page.png")


if __name__ == "__main__":
    main()
