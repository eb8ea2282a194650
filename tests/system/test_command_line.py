"""The command line, as a shell runs it: what it prints where, how it ends, and what it does to the
store."""

import io
import json
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.main import get_command

from app.cli import cli
from app.storage.database import newest_revision
from tests.stores import PostgreSQLStores
from tests.system.service import BORDERCAST, Service, ask, bordercast, count, environment, rows

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


def is_one_sentence(said: str) -> bool:
    return said.endswith("\n") and said.count("\n") == 1 and "Traceback" not in said


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


# Backup and restore


@pytest.fixture(scope="session")
def saved(light_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the store with every forecast."""
    target = tmp_path_factory.mktemp("saved") / "backup.db"
    made = bordercast("db", "backup", target, store=light_store)
    assert made.returncode == 0, made.stderr
    return target


def test_a_backup_is_one_file_with_every_row(saved: Path, light_store: Path) -> None:
    assert [path.name for path in saved.parent.iterdir()] == ["backup.db"]
    assert rows(saved) == rows(light_store)


def test_a_backup_is_a_store_by_itself(saved: Path, light_store: Path, tmp_path: Path) -> None:
    opened = shutil.copyfile(saved, tmp_path / "opened.db")
    request = ["forecast", KEY, "--json"]
    assert (
        bordercast(*request, store=opened).stdout == bordercast(*request, store=light_store).stdout
    )


def test_a_backup_never_overwrites_a_file(light_store: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("not to be lost")
    refused = bordercast("db", "backup", mine, store=light_store)
    assert refused.returncode == 2
    assert is_one_sentence(refused.stderr)
    assert mine.read_text() == "not to be lost"


def test_a_restored_store_has_every_row(saved: Path, tmp_path: Path) -> None:
    restored = tmp_path / "restored.db"
    assert bordercast("db", "restore", saved, store=restored).returncode == 0
    assert rows(restored) == rows(saved)


def test_nothing_is_restored_over_a_store_that_holds_anything(saved: Path, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DELETE FROM forecasts")
    before = rows(store)
    refused = bordercast("db", "restore", saved, store=store)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert is_one_sentence(refused.stderr)
    assert rows(store) == before


def test_replace_puts_a_backup_in_the_place_of_what_there_was(saved: Path, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DELETE FROM forecasts")
        connection.execute("UPDATE observations SET value = 1")
    assert bordercast("db", "restore", saved, "--replace", store=store).returncode == 0
    assert rows(store) == rows(saved)


def test_a_service_goes_on_while_its_store_is_replaced(saved: Path, store: Path) -> None:
    new_forecast = f"/forecast?series={KEY}&as_of=2024-05-16&model=log-random-walk"
    with Service.run(store, command="serve") as service:
        asked_before = service.until_it_serves().get(new_forecast)
        assert bordercast("db", "restore", saved, "--replace", store=store).returncode == 0
        assert count(store, "forecasts") == count(saved, "forecasts")
        asked_again = service.get(new_forecast)
    assert asked_again["forecast"] == asked_before["forecast"]
    assert asked_again["issued_at"] > asked_before["issued_at"]
    assert count(store, "forecasts") == count(saved, "forecasts") + 1


def test_a_backup_of_an_older_version_is_brought_up_to_date(saved: Path, tmp_path: Path) -> None:
    older = shutil.copyfile(saved, tmp_path / "older.db")
    assert bordercast("db", "downgrade", "2026_11_24_observations", store=older).returncode == 0
    restored = tmp_path / "restored.db"
    assert bordercast("db", "restore", older, store=restored).returncode == 0
    assert bordercast("db", "current", store=restored).returncode == 0
    assert rows(restored)["observations"] == rows(saved)["observations"]
    assert ask(older, "SELECT version_num FROM alembic_version") == [("2026_11_24_observations",)]


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def torn_in_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 40960] = b"\xff" * 40960
    file.write_bytes(content)


def not_a_database(file: Path) -> None:
    file.write_text("period,value\n2024-04,129000\n")


def empty(file: Path) -> None:
    file.write_bytes(b"")


def of_another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE observations (bird TEXT)")


def of_a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '2999_01_01_anything'")


@pytest.mark.parametrize(
    "spoil",
    [cut_short, torn_in_the_middle, not_a_database, empty, of_another_program, of_a_newer_version],
)
def test_what_is_no_whole_backup_is_refused_and_nothing_changes(
    saved: Path, store: Path, tmp_path: Path, spoil: Any
) -> None:
    (tmp_path / "files").mkdir()
    file = Path(shutil.copyfile(saved, tmp_path / "files" / "spoilt.db"))
    spoil(file)
    before = rows(store)
    refused = bordercast("db", "restore", file, "--replace", store=store)
    assert refused.returncode == 2
    assert f"{file} is" in refused.stderr or f"{file} was made by a newer version" in refused.stderr
    assert is_one_sentence(refused.stderr)
    assert rows(store) == before
    assert [path.name for path in file.parent.iterdir()] == ["spoilt.db"]


class Publisher(threading.Thread):
    """Somebody who keeps writing to a store: one release after the other, each in one
    transaction."""

    MARK = "published by the test"

    def __init__(self, store: Path) -> None:
        super().__init__()
        self._store = store
        self._enough = threading.Event()
        self.published = 0
        self.trouble: Exception | None = None
        [(self._model, self.figures)] = ask(
            store,
            "SELECT release_id, count(*) AS n FROM observations "
            "GROUP BY release_id ORDER BY n LIMIT 1",
        )

    def run(self) -> None:
        try:
            with closing(
                sqlite3.connect(self._store, timeout=60, isolation_level=None)
            ) as connection:
                while not self._enough.is_set():
                    self._publish(connection)
        except Exception as error:  # noqa: BLE001  # reported by the test that asked for it
            self.trouble = error

    def stop(self) -> None:
        self._enough.set()
        self.join()
        assert self.trouble is None

    def _publish(self, connection: sqlite3.Connection) -> None:
        """One more release like one that is there."""
        connection.execute("BEGIN IMMEDIATE")
        release = self._copied(
            connection, "releases", "id", {"id": "NULL", "checksum": "hex(randomblob(32))"}
        )
        connection.execute("UPDATE releases SET title = ? WHERE id = ?", (self.MARK, release))
        self._copied(connection, "observations", "release_id", {"release_id": str(release)})
        connection.execute("COMMIT")
        self.published += 1

    def _copied(
        self, connection: sqlite3.Connection, table: str, which: str, changed: dict[str, str]
    ) -> int:
        columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        values = [changed.get(name, name) for name in columns]
        inserted = connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} "
            f"WHERE {which} = ?",
            (self._model,),
        )
        assert inserted.lastrowid is not None
        return inserted.lastrowid


@pytest.mark.trial
def test_a_backup_during_writes_holds_one_moment_of_the_store(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    with Service.run(store, command="serve") as service:
        service.until_it_serves()
        publisher = Publisher(store)
        publisher.start()
        try:
            at_least = publisher.published
            made = bordercast("db", "backup", target, store=store)
            at_most = publisher.published
            assert service.serves()
        finally:
            publisher.stop()
    assert made.returncode == 0, made.stderr
    marked = f"FROM releases WHERE title = '{Publisher.MARK}'"
    [(releases,)] = ask(target, f"SELECT count(*) {marked}")
    assert at_least <= releases <= at_most
    assert ask(
        target, f"SELECT count(*) FROM observations WHERE release_id IN (SELECT id {marked})"
    ) == [(releases * publisher.figures,)]
    assert ask(target, "PRAGMA foreign_key_check") == []
    assert ask(target, "PRAGMA integrity_check") == [("ok",)]


@pytest.fixture(scope="module")
def restored_to_postgresql(saved: Path, postgresql_server: str) -> Iterator[str]:
    """The store with every forecast, restored to an empty database of PostgreSQL."""
    databases = PostgreSQLStores(postgresql_server)
    url = databases.create()
    made = bordercast("db", "restore", saved, store=url)
    assert made.returncode == 0, made.stderr
    yield url
    databases.drop(url)


def test_a_store_goes_to_postgresql_and_back_without_a_difference(
    saved: Path, restored_to_postgresql: str, tmp_path: Path
) -> None:
    back = tmp_path / "back.db"
    assert bordercast("db", "backup", back, store=restored_to_postgresql).returncode == 0
    assert rows(back) == rows(saved)


@pytest.mark.parametrize("read", ["history", "forecast"])
def test_a_store_answers_the_same_from_postgresql(
    light_store: Path, restored_to_postgresql: str, read: str
) -> None:
    answers = [
        bordercast(read, KEY, "--json", store=store)
        for store in (restored_to_postgresql, light_store)
    ]
    assert answers[0].stdout == answers[1].stdout != ""


def test_a_store_restored_to_postgresql_takes_new_forecasts(restored_to_postgresql: str) -> None:
    new = ["forecast", KEY, "--as-of", "2024-05-16", "--model", "log-random-walk", "--json"]
    made = bordercast(*new, store=restored_to_postgresql)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["origin"] == "2024-04"


def test_postgresql_with_figures_is_not_restored_over(
    saved: Path, restored_to_postgresql: str
) -> None:
    refused = bordercast("db", "restore", saved, store=restored_to_postgresql)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
