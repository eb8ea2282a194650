"""Loads that meet each other, a kill, or a full disk: kept whole or not at all, and the service
goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from app.storage.database import Database
from tests.stores import SQLiteStores, Stores
from tests.system.loading import Serving, figures, kept, limited, prepared, serving
from tests.system.service import until

pytestmark = [pytest.mark.trial, pytest.mark.xdist_group("service")]

LARGE = figures(400, 250)  # 100,000 lines
SMALL = figures(1, 12, stem="usbp.small")
NOTHING = {"series": 0, "releases": 0, "observations": 0}
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def served(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, str]]:
    """A service and the URL of its store."""
    url = stores.create()
    with serving(url, prepared(url), tmp_path_factory.mktemp("served")) as service:
        yield service, url
    stores.drop(url)


def more(url: str, before: dict[str, int]) -> dict[str, int]:
    """How many rows there are that were not there before."""
    return {name: count - before[name] for name, count in kept(url).items()}


def size_of(url: str) -> Callable[[], int]:
    """What tells how many bytes of figures a store holds, those of unfinished loads too."""
    if url.startswith("sqlite"):
        log = Path(f"{url.removeprefix('sqlite:///')}-wal")
        return lambda: log.stat().st_size if log.exists() else 0
    database = Database(url)

    def size() -> int:
        with database.engine.connect() as connection:
            return connection.scalar(text("SELECT pg_relation_size('observations')")) or 0

    return size


def test_two_loads_at_once_are_both_recorded_whole(served: tuple[Serving, str]) -> None:
    service, url = served
    before = kept(url)
    answers = service.at_once(*(figures(20, 250, stem="usbp.two", add=add) for add in (0, 1)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert more(url, before) == {"series": 20, "releases": 2, "observations": 10_000}
    first, second = sorted(
        (answer.json() for answer in answers), key=lambda report: report["release"]
    )
    assert (len(first["created"]), len(first["revised"])) == (20, 0)
    assert (len(second["created"]), len(second["revised"])) == (0, 5000)


def test_loads_of_the_same_series_in_other_orders_do_not_get_into_each_others_way(
    served: tuple[Serving, str],
) -> None:
    service, url = served
    before = kept(url)
    header, *lines = figures(50, 40, stem="usbp.order").splitlines(keepends=True)
    backwards = header + "".join(reversed(lines)).replace(",10", ",20")
    answers = service.at_once(
        header + "".join(lines), backwards, header + "".join(lines[:1000]), backwards
    )
    # what comes again is known, unless another load has said something else in between
    again = sum(answer.status_code == 201 for answer in answers) - 3
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert again in (0, 1)
    assert more(url, before) == {
        "series": 50,
        "releases": 3 + again,
        "observations": 5000 + 2000 * again,
    }


def test_the_same_content_twice_at_once_is_recorded_once(served: tuple[Serving, str]) -> None:
    service, url = served
    before = kept(url)
    answers = service.at_once(*[figures(20, 100, stem="usbp.same")] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert len({answer.json()["release"] for answer in answers}) == 1
    assert more(url, before) == {"series": 20, "releases": 1, "observations": 2000}


def test_reads_are_answered_during_a_large_load(served: tuple[Serving, str]) -> None:
    service, url = served
    service.load(SMALL)
    size, before = size_of(url), kept(url)
    had = size()
    answer = service.later(figures(400, 250, stem="usbp.large"))
    until(lambda: size() != had, "the load is under way")
    assert len(service.says("/history?series=usbp.small-0")["observations"]) == 12
    assert len(service.says("/releases?limit=1000")["releases"]) == before["releases"]
    assert not answer.done()
    assert answer.result().status_code == 201
    assert more(url, before)["observations"] == 100_000


def test_of_a_load_in_whose_middle_the_service_is_killed_nothing_is_kept(
    stores: Stores, tmp_path: Path
) -> None:
    url = stores.create()
    key = prepared(url)
    with serving(url, key, tmp_path) as service:
        assert service.load(SMALL).status_code == 201
        size = size_of(url)
        before = size()
        answer = service.later(LARGE)
        until(lambda: size() > before + MEGABYTE, "the load is under way")
        assert not answer.done()
        service.service.process.kill()
        with pytest.raises(httpx2.HTTPError):
            answer.result()
    assert kept(url) == {"series": 1, "releases": 1, "observations": 12}
    with serving(url, key, tmp_path) as service:
        assert service.load(SMALL).status_code == 200  # as it was recorded before
        again = service.load(LARGE)
        assert again.status_code == 201
        assert (again.json()["received"], len(again.json()["created"])) == (100_000, 400)
    assert kept(url) == {"series": 401, "releases": 2, "observations": 100_012}
    stores.drop(url)


def test_a_full_disk_refuses_a_load_whole_and_the_service_goes_on(tmp_path: Path) -> None:
    url = SQLiteStores(tmp_path).create()
    key = prepared(url)
    with serving(url, key, tmp_path, before=limited(6)) as service:
        refused = service.load(LARGE)
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "/problems/store-failed"
        assert "nothing was recorded. The disk may be full" in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
        assert kept(url) == NOTHING
        assert "The store failed: " in service.service.said()
        assert "Traceback" not in service.service.said()
        assert service.load(SMALL).status_code == 201
        assert len(service.says("/history?series=usbp.small-0")["observations"]) == 12
    with serving(url, key, tmp_path) as service:
        assert service.load(LARGE).status_code == 201


def test_a_body_that_the_disk_cannot_keep_is_refused_with_what_to_do(tmp_path: Path) -> None:
    url = SQLiteStores(tmp_path).create()
    with serving(url, prepared(url), tmp_path, before=limited(1)) as service:
        refused = service.load(LARGE)
        assert refused.status_code == 507
        assert refused.json()["type"] == "/problems/no-room"
        assert "Free some space" in refused.json()["detail"]
        assert kept(url) == NOTHING
        assert service.load(SMALL).status_code == 201


@pytest.mark.parametrize("stores", ["postgresql"], indirect=True)
def test_a_database_that_is_gone_is_said_with_what_to_do(stores: Stores, tmp_path: Path) -> None:
    url = stores.create()
    with serving(url, prepared(url), tmp_path) as service:
        assert service.load(SMALL).status_code == 201
        stores.drop(url)
        refused = service.load(figures(1, 13))
        assert refused.status_code == 503
        assert refused.json()["type"] == "/problems/store-failed"
        assert service.says("/health") == {"status": "ok"}
