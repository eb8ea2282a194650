"""bordercast watch: what the feed tells, one line or one JSON object each."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.cli import run_command_line
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW

SERIES, OTHER = "a.border", "b.border"


@pytest.fixture
def store(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store with a release for each of two series, an hour apart."""
    with database.writing() as session:
        make_series(session, SERIES)
        make_series(session, OTHER)
        publish(session, "cbp", "2026-10-15", figure(SERIES, "2026-09", 5000), recorded_at=NOW)
        later = NOW + timedelta(hours=1)
        publish(session, "cbp", "2026-11-15", figure(OTHER, "2026-10", 70), recorded_at=later)
    monkeypatch.setenv("BORDERCAST_DATABASE_URL", database.url.render_as_string(False))
    return database


def run(*options: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, output and messages of the command."""
    with pytest.raises(SystemExit) as ended:
        run_command_line(["watch", *options])
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


def test_once_prints_every_event_oldest_first_and_ends(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run("--once", capsys=capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "2026-11-24T12:00:00Z",
        "2026-11-24T13:00:00Z",
    ]


def test_what_happened_until_since_is_left_out(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--once", "--json", "--since", "2026-11-24T12:00:00Z")
    code, out, _ = run(*options, capsys=capsys)
    (told,) = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert (told["kind"], told["at"]) == ("release", "2026-11-24T13:00:00Z")


def test_only_the_series_that_are_named_are_told(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run("--once", "--json", OTHER, capsys=capsys)
    (told,) = [json.loads(line) for line in out.splitlines()]
    assert (told["series"], told["period"], told["value"]) == (OTHER, "2026-10", 70)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--once", "nowhere"), "nowhere"),
        (("--once", "--since", "yesterday"), "2026-11-24T09:30:00Z"),
        (("--interval", "0"), "from 1 to 86400"),
    ],
)
def test_what_cannot_be_watched_is_named(
    store: Database,
    options: tuple[str, ...],
    named: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, messages = run(*options, capsys=capsys)
    assert (code, out) == (2, "")
    assert named in messages


@pytest.mark.slow
def test_a_watch_tells_each_event_once_as_it_happens_and_ends_with_ctrl_c(store: Database) -> None:
    start = datetime.now(UTC) - timedelta(seconds=1)
    options = ("--json", "--interval", "1", "--since", start.isoformat())
    watching = subprocess.Popen(
        [sys.executable, "-m", "app", "watch", *options],
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert watching.stdout is not None
        first = _publish_and_read(store, watching, "2026-12-01", 71)
        second = _publish_and_read(store, watching, "2026-12-02", 72)
        assert first["id"] != second["id"]
        watching.send_signal(signal.SIGINT)
        out, messages = watching.communicate(timeout=60)
    finally:
        watching.kill()
    assert (watching.returncode, out, messages) == (0, "", "")


def _publish_and_read(
    store: Database, watching: "subprocess.Popen[str]", day: str, value: int
) -> dict[str, Any]:
    """Publish a figure, and the next line of the watch."""
    with store.writing() as session:
        publish(session, "cbp", day, figure(OTHER, "2026-10", value), recorded_at=datetime.now(UTC))
    assert watching.stdout is not None
    return dict(json.loads(watching.stdout.readline()))
