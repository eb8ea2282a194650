"""A publisher's own series: created, described, given figures, and removed for good."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from app.observations.tables import SeriesLogRow
from tests.app.client import ServiceClient, open_client, said
from tests.stores import Stores

DESCRIPTION = {
    "title": "Shelter intakes, El Paso",
    "unit": "people",
    "border": "us",
    "year_start": 7,
    "official_source": "el-paso",
}
_numbers = count(1)
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


@pytest.fixture(scope="module")
def service(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    url = stores.copy(migrated_url)
    with open_client(url) as service:
        yield service
    stores.drop(url)


@pytest.fixture
def key() -> str:
    """A key that no series has had."""
    return f"shelter.number-{next(_numbers)}"


def create(service: ServiceClient, key: str, **changed: Any) -> Any:
    described = {"key": key} | DESCRIPTION | changed
    return service.client.post("/series", json=described, headers=service.headers)


def describe(service: ServiceClient, key: str, **changes: Any) -> Any:
    return service.client.patch(f"/series/{key}", json=changes, headers=service.headers)


def remove(service: ServiceClient, key: str) -> Any:
    return service.client.delete(f"/series/{key}", headers=service.headers)


def entry(service: ServiceClient, key: str) -> dict[str, Any]:
    listed = service.client.get("/series").json()["series"]
    return next(one for one in listed if one["key"] == key)


def test_a_series_is_listed_as_its_publisher_describes_it(service: ServiceClient, key: str) -> None:
    service.client.get("/series")  # what was asked before is not given again
    assert create(service, key).status_code == 201
    assert {name: entry(service, key)[name] for name in DESCRIPTION} == DESCRIPTION
    changed = describe(service, key, title="Intakes", official_source=None).json()
    assert changed["title"] == "Intakes"
    found = entry(service, key)
    assert (found["title"], found["unit"], found["official_source"]) == ("Intakes", "people", None)


def test_figures_of_the_official_source_of_a_series_take_precedence(
    service: ServiceClient, key: str
) -> None:
    create(service, key)
    service.load("el-paso", "2025-02-10", said(key, "2025-01", 410))
    service.load("cbp", "2025-03-10", said(key, "2025-01", 999))
    assert service.history(key) == {"2025-01": 410}
    describe(service, key, official_source=None)  # then the known publishers are official
    assert service.history(key) == {"2025-01": 999}
    assert service.history(key, as_of="2025-02-11") == {"2025-01": 410}


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"key": "El Paso"}, "key"),
        ({"parent": "nobody"}, "parent"),
        ({"year_start": 13}, "year_start"),
        ({"official_source": "El Paso"}, "official_source"),
        ({"title": " "}, "title"),
        ({"border": "moon"}, "border"),
        ({"begin": 1}, "begin"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    service: ServiceClient, key: str, wrong: dict[str, Any], parameter: str
) -> None:
    refusal = create(service, **{"key": key} | wrong)
    assert refusal.status_code == 422
    assert [one["parameter"] for one in refusal.json()["errors"]] == [parameter]


def test_no_series_is_above_itself(service: ServiceClient, key: str) -> None:
    create(service, key)
    create(service, f"{key}.north", parent=key)
    assert describe(service, key, parent=f"{key}.north").status_code == 422
    assert remove(service, key).json()["type"] == "/problems/series-has-parts"
    assert remove(service, f"{key}.north").status_code == 200
    assert remove(service, key).status_code == 200


def test_only_keys_that_may_write_create_and_remove(service: ServiceClient, key: str) -> None:
    assert service.client.post("/series", json={"key": key} | DESCRIPTION).status_code == 401
    create(service, key)
    assert create(service, key).json()["type"] == "/problems/series-exists"
    assert service.client.patch(f"/series/{key}", json={"unit": "x"}).status_code == 401
    assert service.client.delete(f"/series/{key}").status_code == 401


def test_a_series_of_the_record_stays(service: ServiceClient) -> None:
    create(service, "usbp.southwest")
    refusal = remove(service, "usbp.southwest")
    assert (refusal.status_code, refusal.json()["type"]) == (409, "/problems/series-of-record")


def test_removal_leaves_nothing_but_the_log_and_the_releases(
    service: ServiceClient, key: str
) -> None:
    other = service.new_series()
    service.load("cbp", "2026-01-20", *(said(other, month, 100) for month in MONTHS))
    before = service.kept()
    create(service, key)
    own = service.load("el-paso", "2026-01-20", *(said(key, month, 40) for month in MONTHS))
    assert service.client.get(f"/forecast?series={key}&model=log-random-walk").status_code == 200
    assert service.kept()["forecasts"] == 1
    removed = remove(service, key).json()
    assert {name: removed[name] for name in ("figures", "forecasts", "retracted")} == {
        "figures": 12,
        "forecasts": 1,
        "retracted": [own.json()["release"]],
    }
    assert service.client.get(f"/history?series={key}").status_code == 404
    after = {"series_log": before["series_log"] + 2, "releases": before["releases"] + 1}
    assert service.kept() == before | after
    with service.database.reading() as session:
        wanted = select(SeriesLogRow.action).where(SeriesLogRow.key == key)
        assert list(session.scalars(wanted.order_by(SeriesLogRow.id))) == ["created", "removed"]


def test_numbers_of_what_was_removed_are_not_used_again(service: ServiceClient, key: str) -> None:
    numbers = set()
    for _ in range(2):
        create(service, key)
        service.load("el-paso", "2026-01-20", *(said(key, month, 40) for month in MONTHS))
        service.client.get(f"/forecast?series={key}&model=log-random-walk")
        [issued] = service.client.get(f"/forecasts?series={key}").json()["forecasts"]
        numbers.add(issued["id"])
        remove(service, key)
    assert len(numbers) == 2


def test_every_answer_knows_a_series_with_a_source_of_its_own(
    service: ServiceClient, key: str
) -> None:
    create(service, key)
    for day, status in (("2026-01-20", "P"), ("2026-02-20", "A")):
        figures = (said(key, month, 40 + len(status), status=status) for month in MONTHS)
        assert service.load("el-paso", day, *figures).status_code == 201
    model = "model=log-random-walk"
    for address in (
        f"/?series={key}",
        "/overview",
        f"/history?series={key}",
        f"/revisions?series={key}",
        f"/vintages?series={key}",
        f"/forecast?series={key}&{model}",
        f"/forecast/reported-figure?series={key}&{model}&period=2026-01&value=44&reporter=official",
        f"/embed/history?series={key}",
    ):
        answer = service.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.text)
    revisions = service.client.get(f"/revisions?series={key}").json()["figures"]
    assert {one["age"] for one in revisions} >= {"close-out"}


def test_what_a_removed_series_was_loaded_from_can_be_loaded_again(
    service: ServiceClient, key: str
) -> None:
    other = service.new_series()
    both = [said(other, "2025-01", 100), said(key, "2025-01", 40)]
    create(service, key)
    mixed = service.load("press", "2025-02-10", *both).json()["release"]
    remove(service, key)
    assert service.history(other) == {"2025-01": 100}
    left = service.load("press", "2025-02-10", both[0])
    assert (left.status_code, left.json()["release"]) == (200, mixed)
    again = service.load("press", "2025-02-10", *both, create=True)
    assert (again.status_code, again.json()["created"]) == (201, [key])
    assert service.history(key) == {"2025-01": 40}
