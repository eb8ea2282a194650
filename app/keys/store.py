"""All SQL on API keys, as named questions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.keys.tables import KeyRow


def find_by_hash(session: Session, digest: str) -> KeyRow | None:
    return session.scalar(select(KeyRow).where(KeyRow.hash == digest))


def find_by_name(session: Session, name: str) -> KeyRow | None:
    return session.scalar(select(KeyRow).where(KeyRow.name == name))


def all_keys(session: Session) -> Sequence[KeyRow]:
    """Every key, revoked ones too, oldest first."""
    return session.scalars(select(KeyRow).order_by(KeyRow.id)).all()


def add(
    session: Session, name: str, scopes: Sequence[str], digest: str, *, created_at: datetime
) -> None:
    session.add(KeyRow(name=name, scopes=list(scopes), hash=digest, created_at=created_at))
    session.flush()


def revoke(session: Session, key: KeyRow, *, revoked_at: datetime) -> None:
    key.revoked_at = revoked_at
    session.flush()
