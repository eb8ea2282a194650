"""The key that a first start makes: shown to who sits at the terminal, and to nobody else."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from app.evaluation.hindcast_file import hindcast_checksum
from app.evaluation.store import mark_hindcast_loaded
from app.keys.issuing import digest
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.system.service import BORDERCAST, Service, ask, count, environment, free_port, until

pytestmark = pytest.mark.xdist_group("service")

COMMAND = "To load figures over HTTP, create an API key: bordercast keys add NAME"


@pytest.fixture
def small_store(tmp_path: Path) -> Path:
    """A store with one figure and all that a start would bring: it serves at once."""
    store = tmp_path / "store.db"
    database = Database(f"sqlite:///{store}")
    database.upgrade()
    with database.writing() as session:
        make_series(session, "made.up")
        publish(session, "cbp", "2026-10-20", figure("made.up", "2026-09", 5))
        mark_hindcast_loaded(session, hindcast_checksum(), {})
    database.close()
    return store


def test_on_a_terminal_the_key_is_shown_once(small_store: Path) -> None:
    ours, theirs = pty.openpty()
    port = free_port()
    process = subprocess.Popen(
        [BORDERCAST, "run", "--port", str(port)],
        env=environment(small_store, TERM="dumb"),
        stderr=theirs,
        stdout=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = bytearray()

    def is_serving() -> bool:
        shown.extend(os.read(ours, 4096))
        return b"Serving on" in shown

    try:
        until(is_serving, "the service says where it serves")
    finally:
        process.terminate()
        process.wait()
        os.close(ours)
    [key] = re.findall(r"Authorization: Bearer (\S+)'", shown.decode())
    assert ask(small_store, "SELECT name, hash FROM keys") == [("local", digest(key))]
    assert f"http://127.0.0.1:{port}/observations?" in shown.decode()
    assert COMMAND not in shown.decode()


def test_in_a_redirected_log_is_the_command_that_makes_one_and_no_key(small_store: Path) -> None:
    with Service.run(small_store) as service:
        service.until(lambda: "Serving on" in service.said(), "the service says where it serves")
        assert COMMAND in service.said()
        assert "Bearer" not in service.said()
        assert count(small_store, "keys") == 0
