"""Who may write over HTTP, how often, and what is told to those who may not."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from app.config import LogFormat
from app.keys import store
from app.keys.issuing import WRITE, add_key, digest, revoke_key
from app.logs import new_handler
from app.storage.database import Database
from tests.app.client import BEARER, NOW, ServiceClient, open_client, said
from tests.stores import Stores

DAY = "2024-05-15"


@pytest.fixture(scope="module")
def client(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    url = stores.copy(migrated_url)
    with open_client(url) as client:
        yield client
    stores.drop(url)


@pytest.fixture(scope="module")
def series(client: ServiceClient) -> str:
    return client.new_series()


def other_key(database: Database, name: str) -> str:
    with database.writing() as session:
        return add_key(session, name, [WRITE], now=NOW)


def write(client: ServiceClient, series: str, headers: dict[str, str], **query: Any) -> Response:
    document = {
        "release": {"source": "press", "title": "t", "published_on": DAY},
        "observations": [said(series, "2024-04", 1)],
    }
    return client.client.post("/observations", params=query, json=document, headers=headers)


def refused(response: Response, status: int, kind: str) -> str:
    """The detail of a refusal."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{kind}"
    return str(response.json()["detail"])


def test_a_write_without_key_is_refused_with_what_to_do(client: ServiceClient, series: str) -> None:
    before = client.kept()
    response = write(client, series, {})
    detail = refused(response, 401, "no-key")
    assert response.headers["www-authenticate"] == "Bearer"
    assert "Authorization: Bearer KEY" in detail
    assert "bordercast keys add NAME" in detail
    assert client.kept() == before


def test_a_retraction_without_key_is_refused(client: ServiceClient, series: str) -> None:
    number = client.load("cbp", DAY, said(series, "2024-02", 1)).json()["release"]
    refused(client.client.post(f"/releases/{number}/retraction"), 401, "no-key")
    assert client.releases()[number]["retracted"] is False


def test_a_key_in_the_address_is_not_read(client: ServiceClient, series: str) -> None:
    before = client.kept()
    for name in ("key", "api_key", "token", "access_token", "Authorization"):
        detail = refused(write(client, series, {}, **{name: client.key}), 401, "no-key")
        assert "does not read keys in addresses" in detail
        assert client.key not in detail
    assert client.kept() == before


def test_an_unknown_key_is_refused(client: ServiceClient, series: str) -> None:
    headers = {"Authorization": f"Bearer {client.key[:-1]}"}
    assert "is not known" in refused(write(client, series, headers), 401, "no-key")


def test_a_revoked_key_is_refused_as_such(client: ServiceClient, series: str) -> None:
    key = other_key(client.database, "leaver")
    headers = {"Authorization": f"Bearer {key}"}
    assert write(client, series, headers).status_code in (200, 201)
    with client.database.writing() as session:
        revoke_key(session, "leaver", now=NOW)
    assert "was revoked" in refused(write(client, series, headers), 401, "no-key")


def test_a_key_that_may_not_write_is_refused_with_the_scope_it_lacks(
    client: ServiceClient, series: str
) -> None:
    """Earlier versions made keys with the scope `observations:read`, which are in stores still."""
    before, key = client.kept()["releases"], "bordercast_of-a-reader"
    with client.database.writing() as session:
        store.add(session, "reader", ["observations:read"], digest(key), created_at=NOW)
    headers = {"Authorization": f"Bearer {key}"}
    detail = refused(write(client, series, headers), 403, "missing-scope")
    assert "observations:write" in detail
    assert "bordercast keys add NAME --scope observations:write" in detail
    assert client.kept()["releases"] == before


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Token {key}",
        "{key}",
        "Bearer {key} x",
        "Bearer k\xe9y",
    ],
)
def test_a_header_that_holds_no_key_is_refused(
    client: ServiceClient, series: str, given: str
) -> None:
    header = given.format(key=client.key).encode("latin-1")
    headers = {b"Authorization": header}
    response = client.client.post("/observations", json={}, headers=headers)
    refused(response, 401, "no-key")


@pytest.mark.parametrize(
    "given", ["Bearer {key}", "bearer {key}", "BEARER {key}", "Bearer  {key}", "Bearer {key} "]
)
def test_a_key_is_read_however_its_scheme_is_written(
    client: ServiceClient, series: str, given: str
) -> None:
    assert write(client, series, {"authorization": given.format(key=client.key)}).status_code in (
        200,
        201,
    )


def test_reads_need_no_key_and_do_not_mind_a_wrong_one(client: ServiceClient) -> None:
    for path in ("/series", "/releases", "/health", "/openapi.json"):
        assert client.client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 200


def test_a_release_says_which_key_loaded_it(client: ServiceClient, series: str) -> None:
    key = other_key(client.database, "night shift")
    number = write(client, series, {"Authorization": f"Bearer {key}"}, create="false").json()[
        "release"
    ]
    own = client.load("cbp", DAY, said(series, "2024-03", 5)).json()["release"]
    by = {release: client.releases()[release]["recorded_by"] for release in (number, own)}
    assert by[own] == BEARER
    again = {"Authorization": f"Bearer {key}"}
    document = {
        "release": {"source": "court", "title": "t", "published_on": DAY},
        "observations": [said(series, "2024-04", 2)],
    }
    other = client.client.post("/observations", json=document, headers=again).json()["release"]
    assert client.releases()[other]["recorded_by"] == "night shift"


def test_a_key_that_writes_too_often_is_told_when_to_come_again(
    stores: Stores, migrated_url: str
) -> None:
    url = stores.copy(migrated_url)
    with open_client(url, write_rate="3/minute") as client:
        series = client.new_series()
        codes = [
            client.load("press", DAY, said(series, "2024-04", one)).status_code for one in range(3)
        ]
        before = client.kept()
        response = client.load("press", DAY, said(series, "2024-04", 9))
        detail = refused(response, 429, "too-often")
        seconds = int(response.headers["retry-after"])
        assert codes == [201, 201, 201]
        assert 0 < seconds <= 60
        assert f"Try again in {seconds} seconds" in detail
        assert "3 per 1 minute" in detail
        assert client.kept() == before
        assert refused(client.retract(1), 429, "too-often")
        other = {"Authorization": f"Bearer {other_key(client.database, 'another')}"}
        assert write(client, series, other).status_code in (200, 201)
        assert client.client.get("/releases").status_code == 200
    stores.drop(url)


def test_refused_keys_use_up_nobodys_rate(stores: Stores, migrated_url: str) -> None:
    url = stores.copy(migrated_url)
    with open_client(url, write_rate="1/minute") as client:
        series = client.new_series()
        for _ in range(5):
            refused(
                write(client, series, {"Authorization": f"Bearer {client.key}x"}), 401, "no-key"
            )
        assert write(client, series, client.headers).status_code == 201
    stores.drop(url)


def test_the_docs_let_writes_be_authorised_and_leave_reads_open(client: ServiceClient) -> None:
    document = client.client.get("/openapi.json").json()
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    secured = {
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation.get("security")
    }
    assert {("post", "/observations"), ("post", "/releases/{release}/retraction")} <= secured
    assert not any(method == "get" for method, _ in secured)


def test_keys_are_blackened_in_the_log() -> None:
    written = io.StringIO()
    log = logging.getLogger("test.keys")
    log.addHandler(new_handler(LogFormat.CONSOLE, written))
    log.setLevel(logging.INFO)
    secret = "bordercast_" + "aB3-_" * 9
    log.info('%s - "%s %s" %d', "127.0.0.1", "GET", f"/history?key={secret}&x=1", 200)
    log.info("said %s of 5%%", f"/history?key={secret.replace('_', '%5F', 1)}")
    log.info(f"key {secret}")
    assert "aB3" not in written.getvalue()
    assert 'GET /history?key=bordercast_***&x=1" 200' in written.getvalue()
    assert "said /history?key=bordercast_*** of 5%" in written.getvalue()
