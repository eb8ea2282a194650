"""`bordercast update` as a shell runs it, against a site on this machine."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.storage.database import Database
from tests.app.observations.publishing import make_series
from tests.app.sources.site import Answer, Site, cbp_page, open_site
from tests.stores import SQLiteStores
from tests.system.service import ask, bordercast

pytestmark = pytest.mark.xdist_group("service")

BODIES = Path(__file__).parents[1] / "app" / "sources" / "files"
PAGE = "/document/stats/southwest-land-border-encounters"
FILE = "/sites/default/files/2025-09/sbo-encounters-fy22-fy25-aug.csv"
PUBLISHED = datetime(2025, 9, 19, 20, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        site.serve(PAGE, Answer(cbp_page([("FY22 - FY25 (FYTD) - August", FILE)]), etag=True))
        body = gzip.decompress((BODIES / "sbo-encounters-fy22-fy25-aug.csv.gz").read_bytes())
        site.serve(FILE, Answer(body, "text/csv", etag=True, modified=PUBLISHED))
        yield site


@pytest.fixture
def store(tmp_path: Path) -> Path:
    url = SQLiteStores(tmp_path).create()
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        for key in ("usbp.southwest", "ofo.southwest", "cbp.southwest"):
            make_series(session, key)
    database.close()
    return Path(url.removeprefix("sqlite:///"))


def update(
    store: Path, site: Site, *arguments: str, page: str = PAGE
) -> subprocess.CompletedProcess[str]:
    address = {"BORDERCAST_SOURCE_CBP_SOUTHWEST": site.address(page)}
    return bordercast("update", *arguments, store=store, **address)


def test_an_update_loads_what_is_new_and_says_so_and_a_second_has_nothing(
    store: Path, site: Site
) -> None:
    done = update(store, site, "cbp-southwest")
    assert done.returncode == 0, done.stderr
    assert f"cbp-southwest: Asking {site.address(PAGE)}" in done.stderr
    assert "published on 2025-09-19, which is the file's Last-Modified." in done.stderr
    assert "Figures through 2025-08: " in done.stderr
    assert ask(store, "SELECT source, published_on, url, recorded_by FROM releases") == [
        ("cbp", "2025-09-19", site.address(FILE), "bordercast update")
    ]
    again = update(store, site, "cbp-southwest")
    assert again.returncode == 0
    assert f"cbp-southwest: Nothing new: {site.address(FILE)} is as it was." in again.stderr
    assert site.statuses(FILE) == [200, 304]
    assert ask(store, "SELECT count(*) FROM releases") == [(1,)]


def test_a_dry_run_keeps_nothing(store: Path, site: Site) -> None:
    done = update(store, site, "cbp-southwest", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"Would load {site.address(FILE)}" in done.stderr
    assert ask(store, "SELECT count(*) FROM releases") == [(0,)]
    assert ask(store, "SELECT count(*) FROM sources") == [(0,)]


def test_a_publisher_that_cannot_be_had_is_exit_code_1_and_says_what_to_do(
    store: Path, site: Site
) -> None:
    site.refused_agents = ("Bordercast",)
    done = update(store, site, "cbp-southwest")
    assert done.returncode == 1
    assert "refuses this client (403 Forbidden)" in done.stderr
    assert "bordercast load FILE --source cbp --published-on YYYY-MM-DD" in done.stderr
    named = update(store, site, "cbp-southwest", "--user-agent", "someone@example.org")
    assert named.returncode == 0, named.stderr


def test_one_publisher_that_fails_does_not_keep_the_others_from_being_asked(
    store: Path, site: Site
) -> None:
    missing = {
        "BORDERCAST_SOURCE_CBP": site.address("/nothing"),
        "BORDERCAST_SOURCE_CBP_SOUTHWEST": site.address(PAGE),
    }
    done = bordercast("update", "cbp", "cbp-southwest", "--json", store=store, **missing)
    assert done.returncode == 1
    outcomes = json.loads(done.stdout)["outcomes"]
    assert [(one["name"], one["result"], one["error_kind"]) for one in outcomes] == [
        ("cbp", "failed", "not-found"),
        ("cbp-southwest", "new", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["cpb"], {}, "No publisher is called 'cpb'; expected some of cbp, cbp-southwest"),
        (["--nothing"], {}, "No such option"),
        (["cbp"], {"BORDERCAST_SOURCE_CBP": "cbp.gov"}, "BORDERCAST_SOURCE_CBP is 'cbp.gov'"),
        (["cbp"], {"BORDERCAST_SOURCE_X": "http://x"}, "BORDERCAST_SOURCE_X names no publisher"),
        (["cbp", "--proxy", "nonsense"], {}, "--proxy"),
    ],
)
def test_what_was_asked_wrongly_is_exit_code_2(
    store: Path, arguments: list[str], environ: dict[str, str], said: str
) -> None:
    done = bordercast("update", *arguments, store=store, **environ)
    assert done.returncode == 2
    assert said in done.stderr
