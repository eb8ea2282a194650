"""Several processes on one port: they answer alike, are replaced, and end together."""

import signal
import sys
from pathlib import Path

import psutil
import pytest

from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.system.service import BORDERCAST, Service, environment, free_port, still_alive

pytestmark = [
    pytest.mark.xdist_group("service"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs locks of POSIX"),
]


def serving_processes(service: Service) -> list[psutil.Process]:
    """Those that answer requests: what the first process has started, but what tracks resources."""
    children = psutil.Process(service.process.pid).children()
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


def test_two_processes_answer_alike_and_are_replaced_and_end_together(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    database = Database(f"sqlite:///{store}")
    database.upgrade()
    with database.writing() as session:
        make_series(session, "usbp.a")
        publish(session, "cbp", "2024-05-10", figure("usbp.a", "2024-04", 1))
    port = free_port()
    command = [BORDERCAST, "serve", "--port", str(port), "--processes", "2"]
    env = environment(store, BORDERCAST_REFRESH="false")
    with Service(command, port, store, tmp_path / "log", env) as service:
        service.until_it_serves()
        service.until(lambda: service.said().count("startup complete") == 2, "both have started")
        for value in (2, 3):
            with database.writing() as session:
                publish(session, "cbp", f"2024-05-1{value}", figure("usbp.a", "2024-04", value))
            answers = [service.get("/history?series=usbp.a") for _ in range(10)]
            assert {answer["observations"][0]["value"] for answer in answers} == {value}
        killed, kept = serving_processes(service)
        killed.kill()
        service.until(lambda: service.said().count("startup complete") == 3, "it was replaced")
        assert kept in serving_processes(service)
        assert service.get("/history?series=usbp.a")["observations"][0]["value"] == 3
        children = service.children()
        service.process.send_signal(signal.SIGTERM)
        assert service.exit_code() == 0
        assert still_alive(children) == []
    database.close()
