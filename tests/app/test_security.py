"""Who may write over HTTP, how often, and what is told to those who may not."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from app.database import Database
from app.keys.issuing import READ, WRITE, add_key, revoke_key
from app.security import HideKeys
from tests.app.office import BEARER, NOW, Office, open_office, said
from tests.stores import Stores

DAY = "2024-05-15"


@pytest.fixture(scope="module")
def office(stores: Stores, migrated_url: str) -> Iterator[Office]:
    url = stores.copy(migrated_url)
    with open_office(url) as office:
        yield office
    stores.drop(url)


@pytest.fixture(scope="module")
def series(office: Office) -> str:
    return office.new_series()


def other_key(database: Database, name: str, scope: str = WRITE) -> str:
    with database.writing() as session:
        return add_key(session, name, [scope], now=NOW)


def write(office: Office, series: str, headers: dict[str, str], **query: Any) -> Response:
    document = {
        "release": {"source": "press", "title": "t", "published_on": DAY},
        "observations": [said(series, "2024-04", 1)],
    }
    return office.client.post("/observations", params=query, json=document, headers=headers)


def refused(response: Response, status: int, kind: str) -> str:
    """The detail of a refusal."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{kind}"
    return str(response.json()["detail"])


def test_a_write_without_key_is_refused_with_what_to_do(office: Office, series: str) -> None:
    before = office.kept()
    response = write(office, series, {})
    detail = refused(response, 401, "no-key")
    assert response.headers["www-authenticate"] == "Bearer"
    assert "Authorization: Bearer KEY" in detail
    assert "bordercast keys add NAME" in detail
    assert office.kept() == before


def test_a_retraction_without_key_is_refused(office: Office, series: str) -> None:
    number = office.load("cbp", DAY, said(series, "2024-02", 1)).json()["release"]
    refused(office.client.post(f"/releases/{number}/retraction"), 401, "no-key")
    assert office.releases()[number]["retracted"] is False


def test_a_key_in_the_address_is_not_read(office: Office, series: str) -> None:
    before = office.kept()
    for name in ("key", "api_key", "token", "access_token", "Authorization"):
        detail = refused(write(office, series, {}, **{name: office.key}), 401, "no-key")
        assert "a key in the address is not read" in detail
        assert office.key not in detail
    assert office.kept() == before


def test_an_unknown_key_is_refused(office: Office, series: str) -> None:
    headers = {"Authorization": f"Bearer {office.key[:-1]}"}
    assert "is not known here" in refused(write(office, series, headers), 401, "no-key")


def test_a_revoked_key_is_refused_as_such(office: Office, series: str) -> None:
    key = other_key(office.database, "leaver")
    headers = {"Authorization": f"Bearer {key}"}
    assert write(office, series, headers).status_code in (200, 201)
    with office.database.writing() as session:
        revoke_key(session, "leaver", now=NOW)
    assert "was revoked" in refused(write(office, series, headers), 401, "no-key")


def test_a_key_that_may_read_only_is_refused_with_the_scope_it_lacks(office: Office, series: str) -> None:
    before = office.kept()["releases"]
    headers = {"Authorization": f"Bearer {other_key(office.database, 'reader', READ)}"}
    detail = refused(write(office, series, headers), 403, "missing-scope")
    assert "observations:write" in detail
    assert "bordercast keys add NAME --scope observations:write" in detail
    assert office.kept()["releases"] == before


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
def test_a_header_that_holds_no_key_is_refused(office: Office, series: str, given: str) -> None:
    header = given.format(key=office.key).encode("latin-1")
    response = office.client.post("/observations", json={}, headers={"Authorization": header})  # type: ignore[dict-item]
    refused(response, 401, "no-key")


@pytest.mark.parametrize(
    "given", ["Bearer {key}", "bearer {key}", "BEARER {key}", "Bearer  {key}", "Bearer {key} "]
)
def test_a_key_is_read_however_its_scheme_is_written(office: Office, series: str, given: str) -> None:
    assert write(office, series, {"authorization": given.format(key=office.key)}).status_code in (200, 201)


def test_reads_need_no_key_and_do_not_mind_a_wrong_one(office: Office) -> None:
    for path in ("/series", "/releases", "/health", "/openapi.json"):
        assert office.client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 200


def test_a_release_says_which_key_loaded_it(office: Office, series: str) -> None:
    key = other_key(office.database, "night shift")
    number = write(office, series, {"Authorization": f"Bearer {key}"}, create="false").json()["release"]
    own = office.load("cbp", DAY, said(series, "2024-03", 5)).json()["release"]
    by = {release: office.releases()[release]["recorded_by"] for release in (number, own)}
    assert by[own] == BEARER
    again = {"Authorization": f"Bearer {key}"}
    document = {
        "release": {"source": "court", "title": "t", "published_on": DAY},
        "observations": [said(series, "2024-04", 2)],
    }
    other = office.client.post("/observations", json=document, headers=again).json()["release"]
    assert office.releases()[other]["recorded_by"] == "night shift"


def test_a_key_that_writes_too_often_is_told_when_to_come_again(stores: Stores, migrated_url: str) -> None:
    url = stores.copy(migrated_url)
    with open_office(url, write_rate="3/minute") as office:
        series = office.new_series()
        codes = [office.load("press", DAY, said(series, "2024-04", one)).status_code for one in range(3)]
        before = office.kept()
        response = office.load("press", DAY, said(series, "2024-04", 9))
        detail = refused(response, 429, "too-often")
        seconds = int(response.headers["retry-after"])
        assert codes == [201, 201, 201]
        assert 0 < seconds <= 60
        assert f"Ask again in {seconds} seconds" in detail
        assert "3 per 1 minute" in detail
        assert office.kept() == before
        assert refused(office.retract(1), 429, "too-often")
        other = {"Authorization": f"Bearer {other_key(office.database, 'another')}"}
        assert write(office, series, other).status_code in (200, 201)
        assert office.client.get("/releases").status_code == 200
    stores.drop(url)


def test_refused_keys_use_up_nobodys_rate(stores: Stores, migrated_url: str) -> None:
    url = stores.copy(migrated_url)
    with open_office(url, write_rate="1/minute") as office:
        series = office.new_series()
        for _ in range(5):
            refused(write(office, series, {"Authorization": f"Bearer {office.key}x"}), 401, "no-key")
        assert write(office, series, office.headers).status_code == 201
    stores.drop(url)


def test_the_docs_let_writes_be_authorised_and_leave_reads_open(office: Office) -> None:
    document = office.client.get("/openapi.json").json()
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


def test_keys_are_blackened_in_log_records(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test.keys")
    log.addFilter(HideKeys())
    secret = "bordercast_" + "aB3-_" * 9
    with caplog.at_level(logging.INFO, "test.keys"):
        log.info('%s - "%s %s" %d', "127.0.0.1", "GET", f"/history?key={secret}&x=1", 200)
        log.info("said %s", f"/history?key={secret.replace('_', '%5F', 1)}")
        log.info(f"key {secret}")
    assert "aB3" not in caplog.text
    assert 'GET /history?key=bordercast_***&x=1" 200' in caplog.text
