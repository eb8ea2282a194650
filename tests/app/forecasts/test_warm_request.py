"""How much of the code a request passes through that was answered before."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fastapi.testclient import TestClient

import app
import forecasting
from app.config import Settings
from app.main import create_app
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

MOST_FILES = {"/forecast": 12, "/": 20}
OURS = tuple(
    str(Path(package.__file__).parent) for package in (app, forecasting) if package.__file__
)


class CalledFiles:
    """The files of ours in which a function is called while `watching`, in any thread."""

    def __init__(self) -> None:
        self.watching = False
        self.names: set[str] = set()

    def note(self, frame: FrameType, event: str, _arg: Any) -> None:
        if self.watching and event == "call" and frame.f_code.co_filename.startswith(OURS):
            self.names.add(frame.f_code.co_filename)


@pytest.fixture
def called() -> Iterator[CalledFiles]:
    """Notes what is called in every thread that is started from here on."""
    called = CalledFiles()
    threading.setprofile(called.note)
    yield called
    threading.setprofile(None)


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)  # no database has a part in it
@pytest.mark.parametrize("path", MOST_FILES)
def test_what_was_asked_before_passes_through_few_files(
    called: CalledFiles, stores: Stores, loaded_url: str, path: str
) -> None:
    url = stores.copy(loaded_url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        asked = {"series": "usbp.southwest"}
        client.get("/forecast", params=asked)  # waits for it, as a page does not
        client.get(path, params=asked)
        first = client.get(path, params=asked).content
        called.watching = True
        assert client.get(path, params=asked).content == first
        called.watching = False
    stores.drop(url)
    assert 2 < len(called.names) <= MOST_FILES[path], sorted(called.names)
