"""Many rows at once: all of them as they are, or none, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.observations.tables import SeriesRow
from app.storage.bulk import AT_ONCE, add_rows
from app.storage.database import Database

COLUMNS = ("key", "title", "unit", "dimension", "ended", "note", "breaks", "first_full_release")
TITLES = ["tab\tline\nreturn\rend", "\\N", "\\.", 'it\'s "quoted", ; and %s ?', "año 2024 – ½", ""]


def series(
    key: str, title: str = "Encounters", *, ended: bool = False, note: str | None = None
) -> tuple[Any, ...]:
    return (key, title, "encounters", "sector", ended, note, '["2024-04"]', "2024-05-15")


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(SeriesRow)) or 0


def test_rows_come_back_as_they_went_in(database: Database) -> None:
    with database.writing() as session:
        rows = [
            series(f"series-{at}", title, ended=at % 2 == 1, note=title if at % 3 else None)
            for at, title in enumerate(TITLES)
        ]
        assert add_rows(session, "series", COLUMNS, rows) == len(TITLES)
    with database.reading() as session:
        kept = session.scalars(select(SeriesRow).order_by(SeriesRow.key)).all()
        assert [row.title for row in kept] == TITLES
        assert [row.ended for row in kept] == [False, True] * 3
        assert [row.note for row in kept] == [None, *TITLES[1:3], None, *TITLES[4:]]
        assert {(*row.breaks, str(row.first_full_release)) for row in kept} == {
            ("2024-04", "2024-05-15")
        }


def test_there_may_be_more_rows_than_are_held_at_once(database: Database) -> None:
    rows: Iterator[Any] = (series(f"series-{at}") for at in range(AT_ONCE + 1))
    with database.writing() as session:
        assert add_rows(session, "series", COLUMNS, rows) == AT_ONCE + 1
    assert count(database) == AT_ONCE + 1


def test_no_rows_are_added_as_well_as_any(database: Database) -> None:
    with database.writing() as session:
        assert add_rows(session, "series", COLUMNS, []) == 0
    assert count(database) == 0


def test_one_row_that_cannot_be_leaves_none(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        add_rows(session, "series", COLUMNS, [series("tucson"), series("yuma"), series("tucson")])
    assert count(database) == 0
