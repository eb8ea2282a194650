"""POST /observations with publishers' workbooks as they were downloaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.observations.loading_routes import OPEN_WORKBOOK, WORKBOOK
from tests.app.client import ServiceClient, open_client
from tests.app.observations.readers.files import workbook
from tests.app.observations.refusing import faults
from tests.stores import Stores

EXCERPTS = Path(__file__).parent / "readers" / "excerpts"
FRONTEX: dict[str, Any] = {"source": "frontex", "published_on": "2025-06-03"}
HOME_OFFICE: dict[str, Any] = {"source": "home-office", "published_on": "2026-08-21"}
OHSS: dict[str, Any] = {"source": "ohss", "published_on": "2024-12-06"}


def excerpt(name: str) -> bytes:
    return (EXCERPTS / name).read_bytes()


@pytest.fixture
def empty(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """Somebody who loads files into a store without any series."""
    url = stores.copy(migrated_url)
    with open_client(url) as loader:
        yield loader
    stores.drop(url)


def test_frontexs_workbook_is_loaded_with_its_series(empty: ServiceClient) -> None:
    answer = empty.send(excerpt("frontex.xlsx"), WORKBOOK, create=True, **FRONTEX)
    assert answer.status_code == 201, answer.text
    assert answer.json()["created"] == [
        "frontex",
        "frontex.black-sea",
        "frontex.black-sea.sea",
        "frontex.other",
        "frontex.other.land",
        "frontex.western-balkan",
        "frontex.western-balkan.sea",
    ]
    known = {one["key"]: one for one in empty.client.get("/series").json()["series"]}
    sea = known["frontex.black-sea.sea"]
    assert (sea["parent"], sea["unit"]) == ("frontex.black-sea", "detections")
    assert sea["last_period"] == "2025-04"
    (release,) = empty.releases().values()
    assert release["title"] == "Monthly detections of illegal border crossing"


def test_the_home_offices_workbook_is_loaded_again_without_a_change(empty: ServiceClient) -> None:
    content = excerpt("home_office.ods")
    first = empty.send(content, OPEN_WORKBOOK, create=True, **HOME_OFFICE)
    assert (first.status_code, first.json()["created"]) == (201, ["uk.small-boats"])
    again = empty.send(content, OPEN_WORKBOOK, **HOME_OFFICE)
    assert (again.status_code, again.json()["unchanged"]) == (200, 3)
    assert empty.history("uk.small-boats") == {"2026-05": 2726, "2026-06": 2742, "2026-07": 2316}


def test_series_that_are_not_known_are_left_out(empty: ServiceClient) -> None:
    empty.load(
        "ohss",
        "2024-11-08",
        {"series": "usbp.southwest", "period": "2024-07", "value": 1},
        create=True,
    )
    answer = empty.send(excerpt("ohss_tables.xlsx"), WORKBOOK, **OHSS)
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert "ofo.southwest.laredo" in report["left_out"]
    assert report["received"] == 131
    assert empty.history("usbp.southwest", start="2024-07") == {"2024-07": 56400, "2024-08": 58010}


def test_official_figures_of_every_publisher_stand_above_the_press(empty: ServiceClient) -> None:
    empty.send(excerpt("home_office.ods"), OPEN_WORKBOOK, create=True, **HOME_OFFICE)
    empty.load("press", "2026-09-01", {"series": "uk.small-boats", "period": "2026-07", "value": 9})
    assert empty.history("uk.small-boats", start="2026-07") == {"2026-07": 2316}


def test_a_workbook_said_to_be_somebody_elses_is_refused(loader: ServiceClient) -> None:
    before = loader.kept()
    response = loader.send(
        excerpt("home_office.ods"), OPEN_WORKBOOK, source="cbp", published_on="2026-08-21"
    )
    (found,) = faults(response)
    assert found == ("source", "cbp", "home-office, whose file this is")
    assert loader.kept() == before


def test_a_workbook_of_nobody_known_is_refused(loader: ServiceClient) -> None:
    content = workbook({"Sheet1": [["Route", "JAN2009"]]})
    (found,) = faults(loader.send(content, WORKBOOK, **FRONTEX))
    assert found[:2] == ("file", "the sheets Sheet1")


def test_a_workbook_under_another_media_type_is_not_read(loader: ServiceClient) -> None:
    response = loader.send(excerpt("home_office.ods"), "application/zip", **HOME_OFFICE)
    assert response.status_code == 415
    assert OPEN_WORKBOOK in response.json()["detail"]
