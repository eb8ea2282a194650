"""Making and revoking API keys."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from app.errors import BadParameter, Fault
from app.keys import store
from app.keys.redaction import PREFIX
from app.keys.tables import KeyRow
from app.storage.database import Session

WRITE = "observations:write"
SCOPES = (WRITE,)  # reads are open
SECRET_BYTES = 32
_NAME = re.compile(r"[\w.@-][\w.@ -]{0,99}")


def add_key(session: Session, name: str, scopes: Sequence[str], *, now: datetime) -> str:
    """Make a key and return it; it cannot be shown again, as only its hash is stored.

    Raises BadParameter for an unknown scope, a name that is taken or one that cannot be used.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise BadParameter(
            *(Fault("scope", scope, f"one of {', '.join(SCOPES)}") for scope in unknown)
        )
    if not _NAME.fullmatch(name):
        raise BadParameter(
            Fault("name", name, "1 to 100 letters, digits, spaces, or the characters . _ @ -")
        )
    if store.find_by_name(session, name) is not None:
        raise BadParameter(Fault("name", name, "a name that no key has, not even a revoked one"))
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    store.add(session, name, scopes, digest(key), created_at=now)
    return key


def revoke_key(session: Session, name: str, *, now: datetime) -> None:
    """End a key for good. Raises BadParameter where no key has this name."""
    key = store.find_by_name(session, name)
    if key is None:
        raise BadParameter(
            Fault("name", name, "the name of a key; `bordercast keys list` shows all names")
        )
    if key.revoked_at is None:
        store.revoke(session, key, revoked_at=now)


def find_key(session: Session, key: str) -> KeyRow | None:
    """The key's row, or None where no such key was made."""
    return store.find_by_hash(session, digest(key))


def digest(key: str) -> str:
    """SHA-256; a key is too long and random to be guessed, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode()).hexdigest()
