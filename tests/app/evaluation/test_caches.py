"""What follows from scores is put together once, however many threads ask for it."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event

from app.evaluation.comparison import compare_models
from app.evaluation.schemas import EvaluationQuery
from app.evaluation.service import get_evaluation
from app.storage.database import Database
from forecasting import Month

THREADS = 4
TODAY = date(2026, 11, 24)


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_ask_for_more_than_is_remembered_all_get_their_answers(
    database: Database, switching_often: None
) -> None:
    def ask(number: int) -> int:
        query = EvaluationQuery(start=Month.parse("2000-01") + number)
        with database.reading() as session:
            return len(get_evaluation(session, query).scores)

    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(ask, range(200))) == [0] * 200


def test_threads_that_ask_the_same_at_once_have_it_computed_once(database: Database) -> None:
    sums = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if "sum(" in statement:
            sums.append(statement)

    def ask(_: int) -> int:
        with database.reading() as session:
            together.wait()
            return len(compare_models(session, None, as_of=TODAY))

    event.listen(database.engine, "before_cursor_execute", note)
    together = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(ask, range(THREADS))) == [0] * THREADS
    assert len(sums) == 1
