"""Takes the picture of the page that README.md shows: `python -m tests.screenshot docs/page.png`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import BROWSER_OPTIONS, browser_executable
from tests.system.visiting import serving_the_record, visiting

SIZE = {"width": 1120, "height": 1180}


def take(target: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_the_record(Path(folder)) as service,
        sync_playwright() as playwright,
    ):
        service.get("/forecast?series=usbp.southwest")
        browser = playwright.chromium.launch(executable_path=browser_executable(), args=BROWSER_OPTIONS)
        with visiting(browser, service, viewport=SIZE, locale="en-US") as visit:
            visit.open("/?years=10&scale=log").locator(".chart.live").first.wait_for()
            visit.page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
