"""Fixtures of the tests of series, releases and figures."""

from collections.abc import Iterator

import pytest

from app.storage.database import Database
from tests.app.client import ServiceClient, open_client
from tests.stores import Stores


@pytest.fixture(scope="module")
def scratch(stores: Stores, migrated_url: str) -> Iterator[Database]:
    """An empty store for tests that roll back whatever they write."""
    url = stores.copy(migrated_url)
    database = Database(url)
    yield database
    database.close()
    stores.drop(url)


@pytest.fixture(scope="session")
def loader(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """Somebody who loads figures into a store without any; tests make series of their own there."""
    url = stores.copy(migrated_url)
    with open_client(url, largest_body_mb=1) as loader:
        yield loader
    stores.drop(url)


@pytest.fixture
def series(loader: ServiceClient) -> str:
    """A series that nothing was said of yet."""
    return loader.new_series()
