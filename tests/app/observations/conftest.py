"""Fixtures of the tests of series, releases and figures."""

from collections.abc import Iterator

import pytest

from app.database import Database
from tests.stores import Stores


@pytest.fixture(scope="module")
def scratch(stores: Stores, migrated_url: str) -> Iterator[Database]:
    """An empty store for tests that roll back whatever they write."""
    url = stores.copy(migrated_url)
    database = Database(url)
    yield database
    database.close()
    stores.drop(url)
