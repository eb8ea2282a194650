"""What was put together from scores, kept until there is another score."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from app.evaluation import store
from app.storage.database import Session

T = TypeVar("T")


class ScoreCache(Generic[T]):
    """Answers that follow from a store's scores alone. Whoever is given one must not change it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, T] = {}

    def get_or_compute(self, session: Session, asked: Hashable, find: Callable[[], T]) -> T:
        """The answer to a question, computed when it is first asked after a score was added."""
        key = (str(session.get_bind().engine.url), store.newest_score(session), asked)
        if key not in self._kept:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = find()
        return self._kept[key]
