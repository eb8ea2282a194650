"""The documentation site: it builds without a warning, its links lead somewhere, and a browser can
use it offline."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

import forecasting
from tests.system.service import BORDERCAST, ROOT, Service, environment, free_port
from tests.system.visiting import Visit, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.trial, pytest.mark.xdist_group("pages")]

PAGES = (
    "README",
    "docs/figures",
    "docs/method",
    "notebooks/1_from_figures_to_forecast",
    "docs/sphinx/forecasting",
)
INLINE_CODE = re.compile(r"<style|<script(?![^>]* src=)|<[a-z]+ [^>]*(?:\sstyle|\son[a-z]+)=")


class Links(HTMLParser):
    """The addresses that a page refers to, and the names of its parts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.update(name for name in (given.get("id"), given.get("name")) if name)
        self.addresses += [address for address in (given.get("href"), given.get("src")) if address]


@pytest.fixture(scope="module")
def working_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site that `make docs` builds; any warning fails the build."""
    folder = tmp_path_factory.mktemp("documentation")
    options: list[str | Path] = [
        "--fail-on-warning",
        "--quiet",
        "--conf-dir",
        "docs/sphinx",
        "--doctree-dir",
        folder / "doctrees",
    ]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, ".", folder / "site" / "html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(working_directory: Path) -> dict[Path, Links]:
    site = working_directory / "site" / "html"
    return {page: Links(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}


def test_the_site_has_every_document(working_directory: Path) -> None:
    documents = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "notebooks").glob("*.ipynb"),
    ]
    built = [
        (working_directory / "site" / "html" / path.relative_to(ROOT)).with_suffix(".html")
        for path in documents
    ]
    assert len(built) > 10
    assert [str(page) for page in built if not page.is_file()] == []


def test_every_link_in_the_site_leads_somewhere(pages: dict[Path, Links]) -> None:
    broken = []
    for page, links in pages.items():
        for address in map(urlsplit, links.addresses):
            if address.scheme or address.netloc:
                continue
            target = (page.parent / unquote(address.path)).resolve() if address.path else page
            known = pages[target].names if target in pages else None
            if not target.exists() or (
                address.fragment and known is not None and unquote(address.fragment) not in known
            ):
                broken.append(f"{page.name}: {address.geturl()}")
    assert broken == []


def test_no_page_has_inline_code(pages: dict[Path, Links]) -> None:
    found = {page.name: INLINE_CODE.findall(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: codes for name, codes in found.items() if codes} == {}


def test_the_reference_has_everything_that_the_package_exports(working_directory: Path) -> None:
    page = (working_directory / "site" / "html" / "docs" / "sphinx" / "forecasting.html").read_text(
        encoding="utf-8"
    )
    exported = [*forecasting.__all__, "scores.weighted_interval_score"]
    assert [name for name in exported if f'id="forecasting.{name}"' not in page] == []


@pytest.fixture(scope="module")
def service(working_directory: Path, recorded_store: Path) -> Iterator[Service]:
    """The service in the folder of the site, computing nothing."""
    store, port = working_directory / "store.db", free_port()
    shutil.copyfile(recorded_store, store)
    command = [BORDERCAST, "serve", "--port", str(port)]
    log = working_directory / "service.log"
    environ = environment(store, BORDERCAST_REFRESH="false")
    with Service(command, port, store, log, environ, working_directory) as service:
        yield service.until_it_serves()


@pytest.fixture
def visit(browser: "Browser", service: Service) -> Iterator[Visit]:
    with visiting(browser, service, viewport={"width": 1280, "height": 900}) as visit:
        yield visit


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_breaks_no_policy(visit: Visit, page: str) -> None:
    shown = visit.open(f"/documentation/{page}.html")
    visit.picture(f"documentation-{page.rpartition('/')[2]}")
    assert shown.locator("h1").first.is_visible()
    assert (visit.requests_elsewhere, visit.errors) == ([], [])


def test_the_search_finds_a_word_of_a_document(visit: Visit) -> None:
    page = visit.open("/documentation/search.html?q=tombstone")
    page.locator("#search-results a", has_text="Glossary").first.wait_for()
    assert (visit.requests_elsewhere, visit.errors) == ([], [])


def test_formulas_are_drawn_without_a_script(visit: Visit) -> None:
    page = visit.open("/documentation/docs/method.html")
    assert page.locator("math").count() > 20
    assert page.locator("math").first.bounding_box() is not None
