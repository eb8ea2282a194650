"""Run the migrations on the service's connection, or on the configured store's."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from app.config import Settings
from app.storage.database import Database
from app.tables import Base


def plain_type(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our column types into new migrations as the database's own, which outlive our code."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_item=plain_type)
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with Database(Settings().database_url).engine.begin() as own:
        migrate(own)
