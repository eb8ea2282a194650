"""Whatever is added and removed again, every answer about other series stays byte for byte."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.storage.database import Database
from tests.app.client import ServiceClient, open_client, said
from tests.app.reconciliation.test_reconciled_http import ALONE, SOUTH, WHOLE, fill
from tests.stores import SQLiteStores

OTHERS = (WHOLE, SOUTH, ALONE)
ASKED = (
    "/series",
    "/overview",
    "/evaluation?series=usbp",
    *(
        f"{call}series={key}"
        for key in OTHERS
        for call in (
            "/history?",
            "/history?as_of=2026-08-01&",
            "/observations?period=2026-01&",
            "/vintages?",
            "/revisions?",
            "/forecast?model=log-random-walk&",
            "/feed.atom?",
        )
    ),
    "/forecasts",
)
figures = st.dictionaries(
    st.sampled_from([f"2025-{month:02}" for month in range(1, 13)]),
    st.integers(0, 10**6),
    min_size=1,
)
keys = st.sampled_from(["usbp.inland", "usbp.southwest.new", "uk.lorries", "zz", "aa"])
parents = st.sampled_from([None, WHOLE, SOUTH, ALONE])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceClient]:
    url = SQLiteStores(tmp_path_factory.mktemp("removal")).create()
    database = Database(url)
    database.upgrade()
    fill(database)
    database.close()
    with open_client(url) as service:
        yield service


def answers(service: ServiceClient) -> dict[str, bytes]:
    found = {}
    for address in ASKED:
        answer = service.client.get(address)
        assert answer.status_code == 200, answer.text
        found[address] = answer.content
    return found


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(key=keys, parent=parents, releases=st.lists(figures, max_size=3))
def test_adding_and_removing_a_series_leaves_every_answer_about_others(
    service: ServiceClient,
    key: str,
    parent: str | None,
    releases: list[dict[str, int]],
) -> None:
    before = answers(service)
    described = {"key": key, "title": "A mistake", "parent": parent, "official_source": "me"}
    created = service.client.post("/series", json=described, headers=service.headers)
    assert created.status_code == 201
    for day, months in enumerate(releases, 1):
        said_here = (said(key, month, value) for month, value in months.items())
        assert service.load("me", f"2026-03-{day:02}", *said_here).status_code == 201
    assert answers(service)["/series"] != before["/series"]
    removed = service.client.delete(f"/series/{key}", headers=service.headers)
    assert removed.status_code == 200
    assert answers(service) == before
