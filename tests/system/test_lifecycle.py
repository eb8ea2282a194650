"""Starting, being interrupted, killed and started again: real processes, looked at from outside."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import psutil
import pytest

from tests.system.conftest import KilledStart
from tests.system.service import (
    ROOT,
    Service,
    ask,
    bordercast,
    count,
    free_port,
    has_loaded,
    rows,
    still_alive,
)

pytestmark = pytest.mark.xdist_group("service")

needs_memory_maps = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux says which compiled modules a process has loaded"
)

FORECASTS = 87  # series of the bundled record that go on
DRAWS = 1  # a process of each service draws charts, from the start
# not computed at start
NEW_FORECAST = "/forecast?series=usbp.southwest&as_of=2024-05-16&model=log-random-walk"


@pytest.fixture
def without_forecasts(recorded_store: Path, tmp_path: Path) -> Path:
    """A store of one's own with all but the forecasts: a start computes them at once."""
    return Path(shutil.copyfile(recorded_store, tmp_path / "store.db"))


def test_no_process_outlives_a_killed_first_start(killed_start: KilledStart) -> None:
    assert killed_start.orphans == []


def test_a_killed_first_start_keeps_the_forecasts_it_had_made(killed_start: KilledStart) -> None:
    assert 0 < killed_start.archived < FORECASTS
    kept = ask(killed_start.store, "SELECT length(quantiles), length(paths) FROM forecasts")
    assert all(quantiles > 0 and paths > 0 for quantiles, paths in kept)


def test_the_next_start_computes_only_what_was_missing(
    killed_start: KilledStart, resumed: Service
) -> None:
    assert (
        f"{FORECASTS - killed_start.archived}/{FORECASTS - killed_start.archived}" in resumed.said()
    )
    assert "Loaded" not in resumed.said()
    before = ask(
        killed_start.store, "SELECT id, series_id, issued_at, quantiles FROM forecasts ORDER BY id"
    )
    after = ask(
        resumed.store, "SELECT id, series_id, issued_at, quantiles FROM forecasts ORDER BY id"
    )
    assert after[: len(before)] == before


def test_after_a_kill_and_a_restart_everything_is_there_once(
    resumed: Service, recorded_store: Path
) -> None:
    assert ask(resumed.store, "SELECT count(*), count(DISTINCT series_id) FROM forecasts") == [
        (FORECASTS, FORECASTS)
    ]
    for table in ("series", "releases", "observations", "scores"):
        assert count(resumed.store, table) == count(recorded_store, table) > 0
    assert count(resumed.store, "computations") == 0


def answer_to(service: Service, path: str) -> dict[str, Any]:
    """What the service answers, whether it is a problem or not."""
    try:
        return dict(service.get(path))
    except HTTPError as refused:
        return dict(json.loads(refused.read()))


def test_every_series_that_goes_on_is_forecast_from_the_archive(resumed: Service) -> None:
    going_on = [
        entry["key"]
        for entry in resumed.get("/series")["series"]
        if not entry["ended"] and not entry["covariate"]
    ]
    before = count(resumed.store, "forecasts")
    answers = [answer_to(resumed, f"/forecast?series={key}&horizon=12") for key in going_on]
    forecast = [answer["forecast"] for answer in answers if "forecast" in answer]
    assert {len(months) for months in forecast} == {12}
    assert len(forecast) == before == count(resumed.store, "forecasts")
    refused = {answer["type"] for answer in answers if "forecast" not in answer}
    assert refused <= {"/problems/too-short-history"}


def test_a_second_start_loads_and_computes_nothing(computed_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copyfile(computed_store, tmp_path / "store.db"))
    with Service.run(store) as service:
        service.until_it_serves()
        assert "Serving on" in service.said()
        assert "Loaded" not in service.said()
        assert "Forecasting" not in service.said()
        assert len(service.workers()) == DRAWS


def test_ctrl_c_ends_the_service_and_its_workers_with_exit_code_0(store: Path) -> None:
    with Service.run(store, command="serve") as service:
        service.until_it_serves().get(NEW_FORECAST)
        children = service.children()
        assert len(service.workers()) > DRAWS
        service.interrupt()
        assert service.exit_code() == 0
        assert still_alive(children) == []
        assert "Traceback" not in service.said()


def test_sigterm_ends_the_service_and_its_workers(store: Path) -> None:
    with Service.run(store, command="serve") as service:
        service.until_it_serves().get(NEW_FORECAST)
        children = service.children()
        service.process.terminate()
        assert service.exit_code() == 0
        assert still_alive(children) == []
        assert "Application shutdown complete" in service.said()
        assert "leaked" not in service.said()


def test_ctrl_c_during_the_first_computation_ends_it_quietly(without_forecasts: Path) -> None:
    store = without_forecasts
    with Service.run(store) as service:
        service.until(lambda: count(store, "forecasts"), "a forecast is archived")
        children = service.children()
        service.interrupt()
        assert service.exit_code() == 128 + signal.SIGINT
        assert still_alive(children) == []
        assert "Traceback" not in service.said()


@needs_memory_maps
def test_ctrl_c_while_the_workers_start_ends_it_quietly(without_forecasts: Path) -> None:
    with Service.run(without_forecasts) as service:
        service.until(
            lambda: sum(has_loaded("numpy", one) for one in service.workers()) > DRAWS,
            "a worker imports",
        )
        children = service.children()
        service.interrupt()
        assert service.exit_code() == 128 + signal.SIGINT
        assert still_alive(children) == []
        assert "Traceback" not in service.said()


def test_a_killed_worker_does_not_end_the_service(store: Path) -> None:
    with Service.run(store, command="serve") as service:
        service.until_it_serves().get(NEW_FORECAST)
        for worker in service.workers():
            worker.kill()
        service.until(lambda: not service.workers(), "the killed workers are gone")
        another = NEW_FORECAST.replace("log-random-walk", "seasonal-naive")
        assert service.get(another)["origin"] == "2024-04"


def test_a_taken_port_is_said_in_a_sentence_before_anything_is_done(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = bordercast("run", "--port", str(port), store=store)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert (
        refused.stderr
        == f"Cannot serve on 127.0.0.1:{port} (Address already in use). Choose another port.\n"
    )
    assert not store.exists()


def test_two_starts_on_one_port_do_not_disturb_each_other(resumed: Service, tmp_path: Path) -> None:
    refused = bordercast("run", "--port", str(resumed.port), store=tmp_path / "store.db")
    assert refused.returncode == 1
    assert resumed.serves()


def test_serving_an_unprepared_store_is_refused_with_what_to_do(tmp_path: Path) -> None:
    refused = bordercast("serve", "--port", str(free_port()), store=tmp_path / "store.db")
    assert refused.returncode == 1
    assert "bordercast db upgrade, or bordercast run" in refused.stderr


def test_serve_serves_a_prepared_store(store: Path) -> None:
    with Service.run(store, command="serve") as service:
        assert service.until_it_serves().get("/health") == {"status": "ok"}


@needs_memory_maps
def test_fitting_is_loaded_in_workers_and_never_in_the_process_that_answers(store: Path) -> None:
    with Service.run(store, command="serve") as service:
        service.until_it_serves()
        service.get("/forecast?series=usbp.southwest&as_of=2024-05-16&model=sarima")
        service.get("/history?series=usbp.southwest")
        service.get("/openapi.json")
        assert any(has_loaded("statsmodels", worker) for worker in service.workers())
        assert not has_loaded("statsmodels", psutil.Process(service.process.pid))


def test_the_database_url_says_where_the_store_is(resumed: Service) -> None:
    assert count(resumed.store, "observations") > 28_000


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_make_run_serves_on_the_given_port(how: str) -> None:
    made = subprocess.run(
        ["make", "--dry-run", "run", *(["PORT=8123"] if how == "argument" else [])],
        cwd=ROOT,
        env=os.environ | ({"PORT": "8123"} if how == "environment" else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bordercast run --port 8123" in made.stdout


def test_two_services_on_one_store_compute_a_forecast_once(store: Path) -> None:
    before = rows(store)["forecasts"]
    with Service.run(store) as one, Service.run(store) as other:
        one.until_it_serves()
        other.until_it_serves()
        with ThreadPoolExecutor() as at_once:
            answers = list(at_once.map(lambda service: service.get(NEW_FORECAST), (one, other)))
    assert answers[0] == answers[1]
    assert len(rows(store)["forecasts"]) == len(before) + 1
