"""Looking at pages in a real browser that can reach nothing but the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.evaluation import hindcast_file
from app.observations import bundled_record
from app.storage.database import Database
from tests.conftest import NOW
from tests.system.service import ROOT, Service

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ARTEFACTS = ROOT / "artifacts"
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

    def picture(self, name: str, *, full: bool = False) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=full)


@contextmanager
def serving_the_record(folder: Path, *, with_hindcast: bool = False) -> Iterator[Service]:
    """The service on the bundled record, which makes forecasts only when they are asked for; with
    the scores of past ones if wanted."""
    store = folder / "store.db"
    database = Database(f"sqlite:///{store}")
    database.upgrade()
    with database.writing() as session:
        bundled_record.load_bundled_record(session, bundled_record.BundledRecord(), recorded_at=NOW)
        if with_hindcast:
            hindcast_file.load_hindcast_scores(session)
    database.close()
    with Service.run(store, command="serve", BORDERCAST_REFRESH="false") as service:
        yield service.until_it_serves()


@contextmanager
def visiting(browser: "Browser", service: Service, **options: Any) -> Iterator[Visit]:
    """A visit with a browser of some size, language and preferences."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(LONG_ENOUGH)
    visit = Visit(page, service)
    context.route("**/*", visit.keep_out)
    page.on(
        "console",
        lambda said: visit.errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    yield visit
    context.close()
