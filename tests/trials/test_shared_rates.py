"""Two services that count in one Redis server give a client, and a key, one allowance together."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.stores import SQLiteStores
from tests.system.loading import figures, prepared, serving
from tests.system.service import free_port, until

SERVER = shutil.which("redis-server")

pytestmark = pytest.mark.skipif(
    SERVER is None, reason="No Redis found: install it (apt-get install redis-server)."
)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server, and its address."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    log = tmp_path / "redis.log"
    with log.open("wb") as output:
        process = subprocess.Popen([str(SERVER), *options], stdout=output)
    until(lambda: b"Ready to accept connections" in log.read_bytes(), "Redis answers")
    try:
        yield f"redis://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def test_two_services_share_the_rates_of_clients_and_keys_and_go_on_without_the_server(
    redis: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    address, server = redis
    url = SQLiteStores(tmp_path).create()
    key = prepared(url)
    environ = {
        "BORDERCAST_RATE_STORAGE": address,
        "BORDERCAST_COMPUTING_RATE": "4/hour",
        "BORDERCAST_WRITE_RATE": "4/hour",
    }
    with (
        serving(url, key, tmp_path, environ=environ) as one,
        serving(url, key, tmp_path, environ=environ) as other,
    ):
        loads = [
            service.load(figures(1, 2, add=at), day=f"2024-05-{10 + at}").status_code
            for at, service in enumerate((one, other, one, other, one, other))
        ]
        assert loads == [201] * 4 + [429] * 2
        reads = [
            httpx2.get(f"{service.address}/evaluation?horizon={at}").status_code
            for at, service in enumerate((one, other, one, other, one, other), 1)
        ]
        assert reads == [200] * 4 + [429] * 2
        server.kill()
        server.wait()
        assert httpx2.get(f"{one.address}/evaluation?horizon=9", timeout=60).status_code == 200
