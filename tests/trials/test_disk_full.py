"""Disks that fill at a random size: a load is refused whole, and the service goes on."""

import os
import random
from pathlib import Path

import pytest

from tests.stores import SQLiteStores
from tests.system.loading import figures, kept, limited, prepared, serving

DISKS = int(os.environ.get("TRIALS_DISKS", "20"))


@pytest.mark.parametrize("trial", range(DISKS))
def test_a_load_that_does_not_fit_is_refused_whole(trial: int, tmp_path: Path) -> None:
    url = SQLiteStores(tmp_path).create()
    key = prepared(url)
    with serving(
        url, key, tmp_path, before=limited(random.Random(trial).randint(2, 14))
    ) as service:
        loaded = {"series": 0, "releases": 0, "observations": 0}
        for number in range(6):
            answer = service.load(figures(100, 200, stem=f"usbp.disk{number}"))
            assert answer.status_code in (201, 503), answer.text
            if answer.status_code == 201:
                loaded["series"] += 100
                loaded["releases"] += 1
                loaded["observations"] += 20_000
            assert kept(url) == loaded
        assert len(service.says("/releases")["releases"]) == loaded["releases"]
