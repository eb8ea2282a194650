"""The table of the store's state."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.database import Base


class StoreStateRow(Base):
    """One row, whose token is replaced with every transaction that changes what answers show."""

    __tablename__ = "store_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(32))
