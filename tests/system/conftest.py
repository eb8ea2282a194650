"""What the tests of the real thing share: the record in a store, and with every forecast, the hard
way."""

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.system.service import Service, bordercast, count, still_alive

# Tests that run in the background of a shell inherit that Ctrl-C is ignored, and so would what they
# start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def recorded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled record and its hindcast as the command line loads them, without forecasts: for
    copies, or for what only reads."""
    store = tmp_path_factory.mktemp("record") / "store.db"
    for command in (["db", "upgrade"], ["load"]):
        done = bordercast(*command, store=store)
        assert done.returncode == 0, done.stderr
    return store


@dataclass(frozen=True)
class KilledStart:
    """What was left of a first start that was killed while it computed."""

    store: Path
    archived: int
    orphans: list[psutil.Process]


@pytest.fixture(scope="session")
def killed_start(tmp_path_factory: pytest.TempPathFactory) -> KilledStart:
    """A first start on no store at all, ended by kill -9 as soon as some forecasts are archived."""
    store = tmp_path_factory.mktemp("killed") / "store.db"
    with Service.run(store) as service:
        service.until(lambda: count(store, "forecasts") >= 5, "the first forecasts are archived")
        children = service.children()
        service.process.kill()
        service.process.wait()
        orphans = still_alive(children)
    return KilledStart(store, count(store, "forecasts"), orphans)


@pytest.fixture(scope="session")
def resumed(killed_start: KilledStart) -> Iterator[Service]:
    """The start after that one, now serving."""
    store = killed_start.store.with_name("resumed.db")
    for ending in ("", "-wal", "-shm"):
        left = killed_start.store.with_name(f"{killed_start.store.name}{ending}")
        if left.exists():
            shutil.copyfile(left, f"{store}{ending}")
    with Service.run(store) as service:
        yield service.until_it_serves()


@pytest.fixture(scope="session")
def computed_store(resumed: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every forecast, and with nobody at work on it: for copies."""
    target = tmp_path_factory.mktemp("computed") / "store.db"
    with (
        closing(sqlite3.connect(resumed.store)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


@pytest.fixture(scope="session")
def light_store(computed_store: Path) -> Path:
    """The same with few scores of the hindcast, which are most of a store: quick to back up and
    compare."""
    target = Path(shutil.copyfile(computed_store, computed_store.with_name("light.db")))
    with closing(sqlite3.connect(target, isolation_level=None)) as light:
        light.execute("DELETE FROM scores WHERE id % 100")
        light.execute("VACUUM")
    return target


@pytest.fixture
def store(light_store: Path, tmp_path: Path) -> Path:
    """A store with every forecast, of one's own."""
    return Path(shutil.copyfile(light_store, tmp_path / "store.db"))
