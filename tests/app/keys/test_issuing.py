"""API keys: shown once, kept as a hash, ended for good."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import BadParameter
from app.keys import store
from app.keys.issuing import WRITE, add_key, digest, find_key, revoke_key
from app.keys.tables import KeyRow
from app.storage.database import Database
from tests.stores import SQLiteStores

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_key_is_found_by_itself_and_by_nothing_else(database: Database) -> None:
    with database.writing() as session:
        key = add_key(session, "desk", [WRITE], now=NOW)
    with database.reading() as session:
        found = find_key(session, key)
        assert found is not None
        assert (found.name, found.scopes, found.created_at, found.revoked_at) == (
            "desk",
            [WRITE],
            NOW,
            None,
        )
        for other in ("", key[:-1], key + "x", key.upper(), f" {key}", found.hash):
            assert find_key(session, other) is None


def test_keys_are_long_random_and_recognizable(database: Database) -> None:
    with database.writing() as session:
        keys = {add_key(session, f"key {number}", [WRITE], now=NOW) for number in range(20)}
    assert len(keys) == 20
    assert all(key.startswith("bordercast_") for key in keys)
    assert min(map(len, keys)) >= len("bordercast_") + 43  # 32 random bytes in Base64


def test_only_the_hash_of_a_key_is_stored(database: Database) -> None:
    with database.writing() as session:
        key = add_key(session, "desk", [WRITE], now=NOW)
    with database.reading() as session:
        (row,) = session.execute(select(*KeyRow.__table__.columns)).all()
    assert row.hash == hashlib.sha256(key.encode()).hexdigest() == digest(key)
    assert not any(key in str(value) for value in row)


def test_the_file_of_a_store_does_not_contain_the_key(tmp_path: Path) -> None:
    database = Database(SQLiteStores(tmp_path).create())
    database.upgrade()
    with database.writing() as session:
        key = add_key(session, "desk", [WRITE], now=NOW)
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert files
    assert not any(key.removeprefix("bordercast_").encode() in file.read_bytes() for file in files)
    database.close()


def test_a_revoked_key_stays_known_as_revoked(database: Database) -> None:
    with database.writing() as session:
        key = add_key(session, "desk", [WRITE], now=NOW)
        revoke_key(session, "desk", now=NOW)
        revoke_key(session, "desk", now=LATER)
    with database.reading() as session:
        found = find_key(session, key)
        assert found is not None
        assert found.revoked_at == NOW
        assert [one.name for one in store.all_keys(session)] == ["desk"]


def test_no_two_keys_ever_have_one_name(database: Database) -> None:
    with database.writing() as session:
        add_key(session, "desk", [WRITE], now=NOW)
        revoke_key(session, "desk", now=NOW)
        with pytest.raises(BadParameter, match="not even a revoked one"):
            add_key(session, "desk", [WRITE], now=NOW)


@pytest.mark.parametrize("name", ["", " desk", "x" * 101, "a\nb", "a\0b", "<b>"])
def test_a_name_that_cannot_be_used_is_refused(database: Database, name: str) -> None:
    with database.writing() as session, pytest.raises(BadParameter, match="1 to 100 letters"):
        add_key(session, name, [WRITE], now=NOW)


def test_an_unknown_scope_is_refused_with_those_that_there_are(database: Database) -> None:
    with database.writing() as session, pytest.raises(BadParameter, match=f"one of {WRITE}"):
        add_key(session, "desk", ["everything"], now=NOW)


def test_a_key_that_there_is_not_cannot_be_revoked(database: Database) -> None:
    with database.writing() as session, pytest.raises(BadParameter, match="keys list"):
        revoke_key(session, "nobody", now=NOW)
