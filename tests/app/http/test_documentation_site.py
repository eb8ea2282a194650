"""The documentation site at `/documentation`: served as built, and explained if it is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import errors
from app.http import documentation_site

PAGE = "<!doctype html><title>A page</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site of two pages, with a file beside it that is not part of it."""
    site = tmp_path / "site"
    (site / "docs").mkdir(parents=True)
    (site / "index.html").write_text(PAGE)
    (site / "README.html").write_text(PAGE)
    (site / "docs" / "method.html").write_text(PAGE)
    (tmp_path / "secret.txt").write_text("secret")
    return site


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    app = FastAPI()
    errors.install(app)
    documentation_site.install(app, folder)
    with TestClient(app) as client:
        yield client


def test_the_address_leads_to_the_first_page(client: TestClient) -> None:
    answer = client.get("/documentation")
    assert answer.history[0].headers["location"] == "/documentation/README.html"
    assert (answer.status_code, answer.text) == (200, PAGE)


@pytest.mark.parametrize("path", ["/documentation/", "/documentation/docs/method.html"])
def test_pages_are_served_with_strict_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_an_unchanged_page_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/documentation/README.html").headers["etag"]
    assert (
        client.get("/documentation/README.html", headers={"If-None-Match": etag}).status_code == 304
    )


def test_a_missing_page_is_a_problem(client: TestClient) -> None:
    answer = client.get("/documentation/missing.html")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/documentation/../secret.txt", "/documentation/%2e%2e/secret.txt"]
)
def test_nothing_outside_the_site_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


@pytest.mark.parametrize(
    "path", ["/documentation", "/documentation/", "/documentation/README.html"]
)
def test_a_site_that_is_not_built_is_a_problem_that_says_how(tmp_path: Path, path: str) -> None:
    app = FastAPI()
    errors.install(app)
    documentation_site.install(app, tmp_path / "site")
    answer = TestClient(app).get(path)
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/documentation-not-built"
    assert "make docs" in answer.json()["detail"]


def test_a_site_built_while_the_service_runs_is_served(tmp_path: Path, folder: Path) -> None:
    app = FastAPI()
    errors.install(app)
    documentation_site.install(app, tmp_path / "new")
    client = TestClient(app)
    assert client.get("/documentation/README.html").status_code == 404
    folder.rename(tmp_path / "new")
    assert client.get("/documentation/README.html").text == PAGE
