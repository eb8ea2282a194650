"""Several processes on one port: they answer alike and end together."""

import signal
import sys
from pathlib import Path

import pytest

from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.system.service import BORDERCAST, Service, environment, free_port, still_alive

pytestmark = [
    pytest.mark.xdist_group("service"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs locks of POSIX"),
]


def test_two_processes_answer_alike_and_end_together(tmp_path: Path) -> None:
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
        children = service.children()
        service.process.send_signal(signal.SIGTERM)
        assert service.exit_code() == 0
        assert still_alive(children) == []
    database.close()
