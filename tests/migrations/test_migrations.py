"""The migrations: up from nothing, down to nothing, and equal to what the code declares."""

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

from app.storage.database import Database, newest_revision
from app.tables import Base

TABLES = {
    "series",
    "releases",
    "observations",
    "forecasts",
    "keys",
    "loaded_hindcast",
    "computations",
    "scores",
    "surprises",
    "series_log",
    "superseded_scores",
    "outcomes",
    "pools",
    "reconciled_forecasts",
    "reconciled_scores",
    "reconciliations",
    "sources",
    "store_state",
}


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_upgrading_creates_every_table_from_nothing(unmigrated: Database) -> None:
    assert unmigrated.revision() is None
    unmigrated.upgrade()
    assert {"series", "releases", "observations", "forecasts", "computations"} <= TABLES
    assert tables(unmigrated) == TABLES
    assert unmigrated.revision() == newest_revision()


def test_downgrading_to_the_beginning_leaves_nothing_and_can_be_undone(
    unmigrated: Database,
) -> None:
    unmigrated.upgrade()
    unmigrated.downgrade("base")
    assert tables(unmigrated) == set()
    assert unmigrated.revision() is None
    unmigrated.upgrade()
    assert tables(unmigrated) == TABLES


def test_every_revision_can_be_undone_by_itself(unmigrated: Database) -> None:
    unmigrated.upgrade()
    while (revision := unmigrated.revision()) is not None:
        unmigrated.downgrade("-1")
        assert unmigrated.revision() != revision
    assert tables(unmigrated) == set()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    database.upgrade()
    assert database.revision() == newest_revision()


def test_the_tables_are_as_the_code_declares_them(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_checks_are_as_the_code_declares_them(database: Database) -> None:
    """Alembic does not compare check constraints."""
    declared = {
        (table.name, constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    inspector = inspect(database.engine)
    found = {
        (table, check["name"])
        for table in TABLES
        for check in inspector.get_check_constraints(table)
    }
    assert found == declared
    assert ("observations", "ck_observations_value_not_negative") in found


def primary_key_name(database: Database, table: str) -> str | None:
    """None where SQLite numbers the rows itself, which its syntax has no name for."""
    options = Base.metadata.tables[table].dialect_options["sqlite"]
    numbered = database.engine.dialect.name == "sqlite" and options["autoincrement"]
    return None if numbered else f"pk_{table}"


def test_constraints_are_named_by_the_convention(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in TABLES:
        keys = inspector.get_foreign_keys(table)
        names = [
            (primary_key_name(database, table), inspector.get_pk_constraint(table)["name"]),
            *(
                (f"fk_{table}_{key['constrained_columns'][0]}_{key['referred_table']}", key["name"])
                for key in keys
            ),
            *(
                ("_".join(["uq", table, *unique["column_names"]]), unique["name"])
                for unique in inspector.get_unique_constraints(table)
            ),
        ]
        assert [found for _, found in names] == [expected for expected, _ in names]
        for check in inspector.get_check_constraints(table):
            assert re.fullmatch(rf"ck_{table}_(?!ck_)[a-z_]+", str(check["name"]))
        for index in inspector.get_indexes(table):
            assert re.match(rf"(ix|uq)_{table}_", str(index["name"]))


def test_series_of_an_older_store_get_their_borders_and_keep_us_fiscal_years(
    unmigrated: Database,
) -> None:
    unmigrated.upgrade()
    unmigrated.downgrade("2026_11_25_sources")
    with unmigrated.engine.begin() as connection:
        for number, key in enumerate(("usbp", "cbp.southwest", "mine.arrivals", "usbpx"), 1):
            connection.execute(
                text(
                    "INSERT INTO series (id, key, title, unit, dimension, ended, breaks) "
                    "VALUES (:id, :key, :key, 'encounters', 'other', :no, '[]')"
                ),
                {"id": number, "key": key, "no": False},
            )
    unmigrated.upgrade()
    with unmigrated.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT key, border, year_start, fewest_figures, covariate FROM series ORDER BY id"
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("usbp", "us", 10, 3, False),
        ("cbp.southwest", "us", 10, 3, False),
        ("mine.arrivals", "other", 10, 3, False),
        ("usbpx", "other", 10, 3, False),
    ]
