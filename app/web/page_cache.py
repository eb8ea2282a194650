"""Pages as bytes, kept for as long as nothing that they show has changed."""

from collections.abc import Hashable
from datetime import date
from threading import Lock

from cachetools import LRUCache

from app.evaluation.store import newest_score
from app.forecasts.store import newest_live_id
from app.observations.store import count_series, release_stamp
from app.sources.store import source_stamp
from app.storage.database import Session

MOST_BYTES = 16 * 1024 * 1024


class PageCache:
    """The pages that were asked for last, as many as fit into `MOST_BYTES`."""

    def __init__(self) -> None:
        self._pages: LRUCache[Hashable, bytes] = LRUCache(MOST_BYTES, getsizeof=len)
        self._lock = Lock()

    def get(self, key: Hashable) -> bytes | None:
        """The page of a key, or None."""
        with self._lock:
            return self._pages.get(key)

    def put(self, key: Hashable, page: bytes) -> None:
        """Keep a page in place of those that nobody has asked for in the longest time."""
        if len(page) > MOST_BYTES:
            return
        with self._lock:
            self._pages[key] = page


def page_stamp(session: Session, today: date) -> Hashable:
    """Changes with whatever a page can show: the day, releases, series, forecasts, scores, and what
    publishers answered."""
    return (
        today,
        release_stamp(session),
        count_series(session),
        newest_live_id(session),
        newest_score(session),
        source_stamp(session),
    )
