"""How soon the page can be used: from the first byte asked for to a chart that answers the pointer.

python -m benchmarks.page [--visits 5]

A service of its own is started on a new store with the bundled record, and looked at with the
browser that the tests use: right after it is ready, again right after a second start, and then by
further visitors.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.conftest import BROWSER_OPTIONS, browser_executable
from tests.system.service import Service

SIZE: ViewportSize = {"width": 1440, "height": 900}
LONG_ENOUGH = 60_000  # milliseconds
WATCH = """
window.seen = { jumps: 0 };
const note = (name) => { window.seen[name] ??= performance.now(); };
new MutationObserver(() => {
  if (document.querySelector("#day:not([hidden])")) note("slider");
  if (document.querySelector(".chart.live")) note("chart");
}).observe(document, { subtree: true, childList: true, attributes: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.seen.jumps += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
ASKED = """() => {
  const all = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ];
  const size = (some) => some.reduce((sum, one) => sum + one.transferSize, 0);
  const bundle = (one) => one.name.includes("/assets/vega");
  return {
    answered: all[0].responseEnd,
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    view: size(all.filter((one) => !bundle(one))),
    bundle: size(all.filter(bundle)),
  };
}"""


@dataclass(frozen=True)
class Visit:
    """One visit: milliseconds from navigation to each event, bytes sent, and layout shift."""

    answered: float
    painted: float
    slider: float
    chart: float
    view: int
    bundle: int
    jumps: float

    def row(self, name: str) -> str:
        times = (self.answered, self.painted, self.slider, self.chart)
        sizes = (self.view / 1000, self.bundle / 1000)
        told = " | ".join(f"{each:,.0f}" for each in (*times, *sizes))
        return f"| {name} | {told} | {self.jumps:.3f} |"


def visit(browser: Browser, service: Service, *, warm: bool = False) -> Visit:
    """Open the first page as somebody new or, where `warm`, who was here before.

    The chart must answer.
    """
    context = browser.new_context(viewport=SIZE, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(LONG_ENOUGH)
    page.add_init_script(WATCH)
    address = f"http://127.0.0.1:{service.port}/?series=usbp.southwest"
    if warm:
        page.goto(address, wait_until="networkidle")
    page.goto(address, wait_until="commit")
    page.locator(".chart.live").first.wait_for()
    seen: dict[str, Any] = page.evaluate("window.seen") | page.evaluate(ASKED)
    box = page.locator(".chart.live").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 250)
    page.locator("#vg-tooltip-element.visible").wait_for()
    context.close()
    return Visit(**{name: seen[name] for name in Visit.__annotations__})


def middle(visits: list[Visit]) -> Visit:
    """The median of each measure."""
    return Visit(
        **{name: median(getattr(one, name) for one in visits) for name in Visit.__annotations__}
    )


def started(store: Path, then: Callable[[Service], None]) -> None:
    with Service.run(store) as service:
        then(service.until_it_serves())
        service.interrupt()
        service.exit_code()


def measure(visits: int) -> list[str]:
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Path(folder) / "store.db"
        browser = playwright.chromium.launch(
            executable_path=browser_executable(), args=BROWSER_OPTIONS
        )
        visiting = browser.new_context()  # so that the browser itself is awake
        visiting.new_page().goto("about:blank")

        def first(name: str) -> Callable[[Service], None]:
            return lambda service: rows.append(visit(browser, service).row(name))

        def later(service: Service) -> None:
            rows.append(visit(browser, service).row("first visit after a second start"))
            for name, warm in (("a new visitor", False), ("who was here before", True)):
                seen = [visit(browser, service, warm=warm) for _ in range(visits)]
                rows.append(middle(seen).row(f"{name} (median of {visits})"))

        started(store, first("first visit after the first start"))
        started(store, later)
        browser.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=5)
    rows = measure(parser.parse_args().visits)
    print("| | answered | painted | slider | chart | view, kB | bundle, kB | layout moved |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
