"""Ctrl-C in the worst moment: when a connection is put back into its pool."""

import logging
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from app.storage.database import Database

NEW_TABLE = text("CREATE TABLE noted (value INTEGER)")


@pytest.fixture(autouse=True)
def ctrl_c_counts() -> Iterator[None]:
    """Whoever runs the tests in the background may have Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c(*_: Any) -> None:
    signal.raise_signal(signal.SIGINT)


def interrupt_a_transaction(database: Database) -> None:
    with database.writing() as session:
        session.execute(NEW_TABLE)
        press_ctrl_c()


def test_the_end_of_a_transaction_that_reads_is_not_interrupted(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    event.listen(database.engine, "reset", press_ctrl_c)
    with (
        caplog.at_level(logging.INFO),
        pytest.raises(KeyboardInterrupt),
        database.reading() as session,
    ):
        assert session.scalar(text("SELECT 1")) == 1
    assert caplog.records == []


def test_what_a_transaction_has_written_by_ctrl_c_at_its_end_is_kept(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    event.listen(database.engine, "commit", press_ctrl_c)
    with (
        caplog.at_level(logging.INFO),
        pytest.raises(KeyboardInterrupt),
        database.writing() as session,
    ):
        session.execute(NEW_TABLE)
    assert caplog.records == []
    with database.reading() as session:
        assert session.execute(text("SELECT * FROM noted")).all() == []


def test_ctrl_c_within_a_transaction_undoes_it_quietly(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(KeyboardInterrupt):
        interrupt_a_transaction(database)
    assert caplog.records == []
    with database.writing() as session:
        session.execute(NEW_TABLE)  # it was not there
