"""The command line, as a shell runs it: what it prints where, how it ends, and what it does to the
store."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.main import get_command

from app.cli import cli
from app.storage.database import newest_revision
from tests.system.service import (
    BORDERCAST,
    Service,
    bordercast,
    environment,
    is_one_sentence,
    rows,
)

pytestmark = pytest.mark.xdist_group("service")

OLD = "mexico.irregular-events"  # whose newest figure is of April 2025
KEY = "usbp.southwest"
READS = {
    "series": (["series"], "/series"),
    "series as of a day": (["series", "--as-of", "2024-05-16"], "/series?as_of=2024-05-16"),
    "history": (["history", KEY], f"/history?series={KEY}"),
    "history of some months": (
        ["history", KEY, "--start", "2023-10", "--end", "2024-04", "--as-of", "2024-05-16"],
        f"/history?series={KEY}&start=2023-10&end=2024-04&as_of=2024-05-16",
    ),
    "history as first published": (
        ["history", KEY, "--start", "2022-01", "--first-release"],
        f"/history?series={KEY}&start=2022-01&first_release=true",
    ),
    "forecast": (["forecast", KEY], f"/forecast?series={KEY}"),
    "forecast at other levels": (
        ["forecast", KEY, "--horizon", "3", "--level", "10", "--level", "90"],
        f"/forecast?series={KEY}&horizon=3&level=10&level=90",
    ),
    "quarters forecast": (
        ["forecast", KEY, "--aggregate", "quarter", "--units", "percent_year"],
        f"/forecast?series={KEY}&aggregate=quarter&units=percent_year",
    ),
    "threshold": (
        ["threshold", KEY, "--below", "9000", "--for", "2", "--horizon", "6"],
        f"/forecast/threshold?series={KEY}&below=9000&for=2&horizon=6",
    ),
    "total": (
        ["total", KEY, "--year", "2027", "--level", "80"],
        f"/forecast/fiscal-year?series={KEY}&year=2027&level=80",
    ),
    "total of a past year": (
        ["total", KEY, "--year", "2024"],
        f"/forecast/fiscal-year?series={KEY}&year=2024",
    ),
    "changes": (["changes", KEY], f"/forecast/changes?series={KEY}"),
}
WRONG_REQUESTS = {
    "unknown series": (["history", "usbp.southwst"], "Did you mean usbp.southwest"),
    "brackets in a key": (["history", "[/red][bold]"], "'[/red][bold]'"),
    "bad month": (["history", KEY, "--start", "2024-13"], "start is '2024-13', expected a month"),
    "end before start": (
        ["history", KEY, "--start", "2024-05", "--end", "2024-01"],
        "end is '2024-01'",
    ),
    "bad day": (["series", "--as-of", "yesterday"], "as_of is 'yesterday', expected a date"),
    "day to come": (["history", KEY, "--as-of", "2999-01-01"], "as_of is '2999-01-01'"),
    "before the first release": (["forecast", KEY, "--as-of", "1990-01-01"], "2021-08-01"),
    "horizon too long": (
        ["forecast", KEY, "--horizon", "40"],
        "horizon is '40', expected a whole number",
    ),
    "bad level": (["forecast", KEY, "--level", "100"], "level is '100', expected a whole number"),
    "unknown model": (
        ["forecast", KEY, "--model", "oracle"],
        "model is 'oracle', expected one of auto",
    ),
    "neither above nor below": (["threshold", KEY], "above is 'neither'"),
    "above and below": (
        ["threshold", KEY, "--above", "1", "--below", "9"],
        "a number for either above or below",
    ),
    "year beyond the forecasts": (["total", KEY, "--year", "2031"], "year is 2031, expected 20"),
    "export in another format": (
        ["export", "everything.zip", "--format", "xlsx"],
        "format is 'xlsx', expected 'csv' or 'parquet'",
    ),
    "unknown revision": (["db", "downgrade", "2020_01_01_nothing"], "2020_01_01_nothing"),
    "no such backup": (["db", "restore", "absent.db"], "absent.db is not a file"),
}
UNUSABLE_STORES = {
    "no URL": ("nonsense", 2, "BORDERCAST_DATABASE_URL is 'nonsense'; expected sqlite:///"),
    "another database": (
        "mysql://host/name",
        2,
        "BORDERCAST_DATABASE_URL names 'mysql'; expected sqlite",
    ),
    "no server": ("postgresql://127.0.0.1:1/name", 1, "Check BORDERCAST_DATABASE_URL"),
}


def commands(command: Any, path: tuple[str, ...] = ("bordercast",)) -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""
    yield " ".join(path), command
    for name, sub in getattr(command, "commands", {}).items():
        yield from commands(sub, (*path, name))


COMMANDS = dict(commands(get_command(cli)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_parameter_has_help(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert [
        parameter.name for parameter in command.params if not getattr(parameter, "help", None)
    ] == []


def test_the_commands_are_those_promised() -> None:
    promised = ["run", "serve", "load", "forecast", "series", "history"]
    looking_after = ["upgrade", "downgrade", "current", "backup", "restore"]
    assert set(COMMANDS) >= {f"bordercast {name}" for name in promised}
    assert set(COMMANDS) >= {f"bordercast db {name}" for name in looking_after}


@pytest.mark.parametrize("arguments", [[], ["db"]])
def test_no_command_at_all_shows_what_there_is(arguments: list[str], tmp_path: Path) -> None:
    shown = bordercast(*arguments, store=tmp_path / "store.db")
    assert shown.returncode == 2
    assert "Commands" in shown.stdout + shown.stderr


def test_the_help_says_what_exit_codes_mean(tmp_path: Path) -> None:
    shown = bordercast("--help", store=tmp_path / "store.db")
    assert shown.returncode == 0
    assert "Exit codes: 0 done, 1" in shown.stdout


@pytest.mark.parametrize("read", READS)
def test_json_is_the_document_of_the_http_interface(resumed: Service, read: str) -> None:
    arguments, path = READS[read]
    printed = bordercast(*arguments, "--json", store=resumed.store)
    assert printed.returncode == 0
    assert json.loads(printed.stdout) == resumed.get(path)


def test_a_scenario_is_that_of_the_http_interface(resumed: Service) -> None:
    printed = bordercast(
        "scenario",
        KEY,
        "--assume",
        "2026-09=9000",
        "--event",
        "2026-10=1.5",
        "--json",
        store=resumed.store,
    )
    asked = {
        "series": KEY,
        "figures": [{"period": "2026-09", "value": 9000}],
        "events": [{"period": "2026-10", "factor": 1.5}],
    }
    assert json.loads(printed.stdout) == resumed.post("/scenario", asked)


@pytest.mark.parametrize("read", READS)
def test_csv_is_the_table_of_the_http_interface_and_opens_in_pandas(
    resumed: Service, read: str
) -> None:
    arguments, path = READS[read]
    printed = bordercast(*arguments, "--csv", store=resumed.store)
    assert printed.returncode == 0
    assert printed.stdout == resumed.text(f"{path}{'&' if '?' in path else '?'}format=csv")
    table = pd.read_csv(io.StringIO(printed.stdout))
    assert len(table) > 0 or read == "changes"  # of one forecast there are none
    assert not any(column.startswith("Unnamed") for column in table.columns)


def test_a_table_is_aligned_text_without_codes_for_a_terminal(resumed: Service) -> None:
    printed = bordercast(
        "history", KEY, "--start", "2024-01", "--end", "2024-02", store=resumed.store
    )
    title, head, *lines = printed.stdout.splitlines()
    assert title.startswith("usbp.southwest, encounters per month, as known on ")
    assert head.split() == ["period", "value", "status", "qualifier", "source", "published_on"]
    assert [line.split()[:4] for line in lines] == [
        ["2024-01", "124,215", "A", "exact"],
        ["2024-02", "140,641", "A", "exact"],
    ]
    assert "\x1b" not in printed.stdout + printed.stderr


def test_what_to_know_before_using_a_forecast_goes_to_stderr(resumed: Service) -> None:
    printed = bordercast("forecast", OLD, "--horizon", "1", store=resumed.store)
    assert "newest figure" in printed.stderr
    assert "newest figure" not in printed.stdout


def test_a_forecast_is_computed_once_and_then_comes_from_the_archive(store: Path) -> None:
    request = ["forecast", KEY, "--as-of", "2024-05-16", "--model", "log-random-walk", "--json"]
    first, second = bordercast(*request, store=store), bordercast(*request, store=store)
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["origin"] == "2024-04"
    assert len(json.loads(first.stdout)["forecast"]) == 12


@pytest.mark.parametrize("wrong", WRONG_REQUESTS)
def test_a_wrong_request_ends_with_a_sentence_and_exit_code_2(resumed: Service, wrong: str) -> None:
    arguments, sentence = WRONG_REQUESTS[wrong]
    refused = bordercast(*arguments, store=resumed.store)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert sentence in refused.stderr
    assert is_one_sentence(refused.stderr)


@pytest.mark.parametrize(
    "arguments", [["fly"], ["history"], ["series", "--color"], ["run", "--port", "x"]]
)
def test_a_misspelled_command_is_refused_with_exit_code_2(
    arguments: list[str], tmp_path: Path
) -> None:
    refused = bordercast(*arguments, store=tmp_path / "store.db")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.endswith(" --help.\n")
    assert is_one_sentence(refused.stderr)


@pytest.mark.parametrize("unusable", UNUSABLE_STORES)
def test_a_store_that_cannot_be_used_is_said_in_a_sentence(unusable: str) -> None:
    url, code, sentence = UNUSABLE_STORES[unusable]
    refused = bordercast("series", store=url)
    assert refused.returncode == code
    assert sentence in refused.stderr
    assert is_one_sentence(refused.stderr)


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    settings = {"BORDERCAST_WORKERS": "0", "BORDERCAST_WRITE_RATE": "often"}
    refused = bordercast("series", store=tmp_path / "store.db", **settings)
    assert refused.returncode == 2
    assert "BORDERCAST_WORKERS is '0', expected greater than or equal to 1" in refused.stderr
    assert "BORDERCAST_WRITE_RATE is 'often', expected a number and a time" in refused.stderr
    assert is_one_sentence(refused.stderr)


def test_a_cluster_that_is_not_there_is_said_in_a_sentence_before_anything_is_served(
    computed_store: Path,
) -> None:
    pytest.importorskip("distributed")
    refused = bordercast(
        "serve", "--port", "0", store=computed_store, BORDERCAST_EXECUTOR="dask://127.0.0.1:1"
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("No Dask scheduler answers at 127.0.0.1:1. Start one there")
    assert "or unset BORDERCAST_EXECUTOR" in refused.stderr
    assert is_one_sentence(refused.stderr)


def test_a_reader_that_stops_early_ends_the_command_without_a_traceback(resumed: Service) -> None:
    shortened = subprocess.run(
        f"'{BORDERCAST}' history {KEY} --csv | head -1",
        shell=True,
        env=environment(resumed.store),
        capture_output=True,
        text=True,
        check=True,
    )
    assert shortened.stdout.startswith("period,value,")
    assert "Traceback" not in shortened.stderr


def test_loading_again_changes_nothing(computed_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copyfile(computed_store, tmp_path / "store.db"))
    before = rows(store)
    loaded = bordercast("load", store=store)
    assert loaded.returncode == 0
    assert "Loaded 0 figures from 0 releases" in loaded.stderr
    assert rows(store) == before


def test_a_store_that_is_not_migrated_is_refused_with_what_to_do(tmp_path: Path) -> None:
    refused = bordercast("series", store=tmp_path / "store.db")
    assert refused.returncode == 1
    assert "bordercast db upgrade" in refused.stderr
    assert is_one_sentence(refused.stderr)


def test_the_store_goes_up_and_down_by_revisions_and_says_where_it_is(tmp_path: Path) -> None:
    store = tmp_path / "store.db"

    def current() -> tuple[str, int]:
        shown = bordercast("db", "current", store=store)
        return shown.stdout.strip(), shown.returncode

    assert current() == ("base", 1)
    assert bordercast("db", "upgrade", store=store).returncode == 0
    assert current() == (newest_revision(), 0)
    assert bordercast("db", "downgrade", "2026_11_24_observations", store=store).returncode == 0
    assert current() == ("2026_11_24_observations", 1)
    assert bordercast("db", "downgrade", "base", store=store).returncode == 0
    assert current() == ("base", 1)
