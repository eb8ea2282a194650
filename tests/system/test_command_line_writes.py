"""Writing from the command line: loading files, retracting releases, and keys; as a shell runs
it."""

import json
from pathlib import Path

import httpx2
import pytest

from tests.stores import SQLiteStores
from tests.system.loading import kept, prepared, serving
from tests.system.service import ask, bordercast

pytestmark = pytest.mark.xdist_group("service")

EXCERPTS = Path(__file__).parents[1] / "app" / "observations" / "readers" / "excerpts"
APRIL = (
    "series,period,value,status,qualifier\n"
    "usbp.southwest,2024-03,137480,,about\n"
    "usbp.southwest,2024-04,129000,U,about\n"
)
TOLD = ["--source", "press", "--published-on", "2024-05-07"]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store without figures, with a key; to be copied."""
    stores = SQLiteStores(tmp_path_factory.mktemp("empty"))
    url = stores.create()
    prepared(url)
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Path:
    copied = SQLiteStores(tmp_path).create().removeprefix("sqlite:///")
    Path(copied).write_bytes(empty.read_bytes())
    return Path(copied)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "april.csv"
    file.write_text(APRIL)
    return file


def url_of(store: Path) -> str:
    return f"sqlite:///{store}"


def test_a_file_is_loaded_and_what_it_changed_is_told(store: Path, file: Path) -> None:
    done = bordercast("load", file, *TOLD, "--create", store=store)
    assert done.returncode == 0, done.stderr
    assert "Release 1: 2 figures, 2 new or changed, 0 unchanged." in done.stderr
    assert "New series: usbp.southwest." in done.stderr
    assert "Forecasts out of date: usbp.southwest." in done.stderr
    assert ask(store, "SELECT source, published_on, recorded_by FROM releases") == [
        ("press", "2024-05-07", "command line")
    ]


def test_a_publishers_workbook_is_loaded_as_downloaded(store: Path) -> None:
    told = ["--source", "home-office", "--published-on", "2026-08-21", "--create"]
    done = bordercast("load", EXCERPTS / "home_office.ods", *told, store=store)
    assert done.returncode == 0, done.stderr
    assert "Release 1: 3 figures, 3 new or changed, 0 unchanged." in done.stderr
    assert "New series: uk.small-boats." in done.stderr


def test_the_same_file_again_changes_nothing(store: Path, file: Path) -> None:
    bordercast("load", file, *TOLD, "--create", store=store)
    before = kept(url_of(store))
    again = bordercast("load", file, *TOLD, store=store)
    assert again.returncode == 0
    assert "0 new or changed, 2 unchanged" in again.stderr
    assert kept(url_of(store)) == before


def test_json_tells_what_http_tells(store: Path, file: Path) -> None:
    bordercast("load", file, *TOLD, "--create", store=store)
    file.write_text(APRIL.replace("129000,U", "128900,P"))
    done = bordercast("load", file, *TOLD[:3], "2024-05-15", "--json", store=store)
    report = json.loads(done.stdout)
    assert report["revised"] == [
        {"series": "usbp.southwest", "period": "2024-04", "from": 129_000, "to": 128_900}
    ]
    assert (report["received"], report["unchanged"], report["due"]) == (2, 1, ["usbp.southwest"])


def test_revised_figures_are_printed_as_a_table(store: Path, file: Path) -> None:
    bordercast("load", file, *TOLD, "--create", store=store)
    file.write_text(APRIL.replace("129000,U", "128900,P"))
    done = bordercast("load", file, *TOLD[:3], "2024-05-15", store=store)
    assert "Revised figures" in done.stdout
    assert "2024-04  129,000  128,900" in done.stdout


def test_title_and_address_are_kept(store: Path, file: Path) -> None:
    bordercast(
        "load",
        file,
        *TOLD,
        "--create",
        "--title",
        "April",
        "--url",
        "https://example.org/",
        store=store,
    )
    assert ask(store, "SELECT title, url FROM releases") == [("April", "https://example.org/")]


def test_every_bad_place_is_told_and_nothing_is_recorded(store: Path, file: Path) -> None:
    file.write_text(APRIL + "usbp.southwest,2024-13,-5,,\n")
    refused = bordercast("load", file, *TOLD, "--create", store=store)
    assert refused.returncode == 2
    assert "line 4, period is '2024-13', expected a month" in refused.stderr
    assert "line 4, value is '-5', expected a whole number" in refused.stderr
    assert "2 places are wrong, and nothing was recorded" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert kept(url_of(store)) == {"series": 0, "releases": 0, "observations": 0}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Add --source and --published-on"),
        (["--source", "press"], "Add --source and --published-on"),
        (
            ["--source", "press", "--published-on", "May"],
            "published_on is 'May', expected a date written",
        ),
        (
            ["--source", "press", "--published-on", "2999-01-01", "--create"],
            "published_on is '2999-01-01'",
        ),
        (
            ["--source", "The Press", "--published-on", "2024-05-07"],
            "source is 'The Press', expected a lowercase word",
        ),
        (TOLD, "series is 'usbp.southwest', expected the key of a known series"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    store: Path, file: Path, arguments: list[str], told: str
) -> None:
    refused = bordercast("load", file, *arguments, store=store)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_file_that_there_is_not_is_said(store: Path, tmp_path: Path) -> None:
    refused = bordercast("load", tmp_path / "absent.csv", *TOLD, store=store)
    assert refused.returncode == 2
    assert "absent.csv" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_releases_are_listed_and_one_is_retracted(store: Path, file: Path) -> None:
    bordercast("load", file, *TOLD, "--create", store=store)
    listed = bordercast("releases", "list", store=store)
    assert listed.returncode == 0
    assert "2024-05-07" in listed.stdout
    retracted = bordercast("releases", "retract", "1", store=store)
    assert retracted.returncode == 0
    assert "Release 1 is retracted. Forecasts out of date: usbp.southwest." in retracted.stderr
    (release,) = json.loads(bordercast("releases", "list", "--json", store=store).stdout)[
        "releases"
    ]
    assert release["retracted"] is True
    history = json.loads(bordercast("history", "usbp.southwest", "--json", store=store).stdout)
    assert history["observations"] == []


def test_a_release_that_there_is_not_cannot_be_retracted(store: Path) -> None:
    refused = bordercast("releases", "retract", "99", store=store)
    assert refused.returncode == 2
    assert "No release has the id 99" in refused.stderr


def test_a_key_is_shown_once_alone_on_standard_output(store: Path) -> None:
    added = bordercast("keys", "add", "night shift", store=store)
    assert added.returncode == 0
    key = added.stdout.removesuffix("\n")
    assert key.startswith("bordercast_")
    assert len(key.split()) == 1
    assert "not shown again" in added.stderr
    listed = bordercast("keys", "list", store=store)
    assert "night shift" in listed.stdout
    assert "observations:write" in listed.stdout
    assert key not in listed.stdout + listed.stderr
    assert key.encode() not in store.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["add", "tester"],
            "name is 'tester', expected a name that no key has, not even a revoked one",
        ),
        (["add", "other", "--scope", "everything"], "scope is 'everything', expected one of"),
        (["add", ""], "name is '', expected 1 to 100 letters"),
        (["revoke", "nobody"], "name is 'nobody', expected the name of a key"),
    ],
)
def test_a_key_command_that_cannot_be_done_says_why(
    store: Path, arguments: list[str], told: str
) -> None:
    refused = bordercast("keys", *arguments, store=store)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert refused.stdout == ""


def test_keys_take_effect_and_end_in_a_running_service(store: Path, tmp_path: Path) -> None:
    body = APRIL.encode()
    path = "/observations?source=press&published_on=2024-05-07&create=true"
    with serving(url_of(store), "", tmp_path) as service:

        def status(key: str) -> int:
            headers = {"Authorization": f"Bearer {key}"}
            return int(service.post(path, body, headers=headers).status_code)

        writer = bordercast("keys", "add", "writer", store=store).stdout.strip()
        other = bordercast(
            "keys", "add", "other", "--scope", "observations:write", store=store
        ).stdout.strip()
        assert (status(writer), status(other), status("bordercast_x")) == (201, 200, 401)
        assert bordercast("keys", "revoke", "writer", store=store).returncode == 0
        assert status(writer) == 401
        secrets = [key.removeprefix("bordercast_") for key in (writer, other)]
        assert not any(secret in service.service.said() for secret in secrets)
        listed = bordercast("keys", "list", store=store).stdout
        assert [line for line in listed.splitlines() if line.startswith("writer")]


def test_what_the_command_line_loads_a_running_service_shows(
    store: Path, file: Path, tmp_path: Path
) -> None:
    with serving(url_of(store), "", tmp_path) as service:
        assert httpx2.get(f"{service.address}/history?series=usbp.southwest").status_code == 404
        assert bordercast("load", file, *TOLD, "--create", store=store).returncode == 0
        shown = service.says("/history?series=usbp.southwest")["observations"]
        assert [one["value"] for one in shown] == [137_480, 129_000]
