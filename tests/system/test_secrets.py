"""Keys never reach a log, whatever somebody does with one."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.stores import SQLiteStores
from tests.system.loading import Serving, figures, prepared, serving

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("secrets")
    url = SQLiteStores(folder).create()
    with serving(url, prepared(url), folder) as service:
        yield service


def secret_of(service: Serving) -> str:
    return service.headers["Authorization"].removeprefix("Bearer bordercast_")


def test_a_key_in_the_address_is_refused_and_not_logged(service: Serving) -> None:
    key = service.headers["Authorization"].removeprefix("Bearer ")
    for written in (key, key.replace("_", "%5F"), key.replace("r", "%72")):
        address = f"{service.address}/observations?marked=1&key={written}"
        response = httpx2.post(address, content=b"x", headers={"Content-Type": "text/csv"})
        assert response.status_code == 401
    said = service.service.said()
    assert said.count("marked=1") == 3
    assert secret_of(service) not in said
    assert "key=bordercast_***" in said


def test_a_key_in_the_path_or_of_a_read_is_not_logged(service: Serving) -> None:
    key = service.headers["Authorization"].removeprefix("Bearer ")
    httpx2.get(f"{service.address}/{key}")
    httpx2.get(f"{service.address}/series?key={key}")
    assert secret_of(service) not in service.service.said()


def test_a_load_is_logged_without_its_key(service: Serving) -> None:
    assert service.load(figures(1, 3)).status_code == 201
    assert service.load("nonsense").status_code == 422
    assert '"POST /observations?' in service.service.said()
    assert secret_of(service) not in service.service.said()


def test_a_malformed_request_with_a_key_is_not_logged(service: Serving) -> None:
    httpx2.post(f"{service.address}/observations", headers=service.headers | {"Content-Type": "x"})
    httpx2.request("PUT", f"{service.address}/observations", headers=service.headers)
    assert secret_of(service) not in service.service.said()
