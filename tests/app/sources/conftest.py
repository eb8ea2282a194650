"""A publisher's site, and a store that knows its series."""

from collections.abc import Iterator

import pytest

from app.storage.database import Database
from tests.app.observations.publishing import make_series
from tests.app.sources.site import Site, open_site
from tests.app.sources.updates import SERIES


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


@pytest.fixture
def known(database: Database) -> Database:
    """A store that knows the series of the southwest border, and nothing of them."""
    with database.writing() as session:
        for key in SERIES:
            make_series(session, key)
    return database
