"""Tables of reconciled forecasts: which forecasts were made to add up, and what became of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.database import Base, Instant, MonthColumn
from forecasting import Month


class ReconciliationRow(Base):
    """The forecasts of one hierarchy, made to add up.

    `version` names all that they depend on: the figures of the whole hierarchy, its sums, and how
    the forecasts are made.
    """

    __tablename__ = "reconciliations"

    id: Mapped[int] = mapped_column(primary_key=True)
    hierarchy: Mapped[str] = mapped_column(String(200))
    specification: Mapped[str] = mapped_column(String(200))
    model: Mapped[str] = mapped_column(String(50))
    version: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(Instant)


class ReconciledRow(Base):
    """The reconciled forecast of one series of a hierarchy, or of what its parts leave over.

    `forecast_id` is the forecast that it was made from; None for a residual, which has no other.
    The arrays are encoded as those of forecasts are.
    """

    __tablename__ = "reconciled_forecasts"

    reconciliation_id: Mapped[int] = mapped_column(
        ForeignKey("reconciliations.id"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    forecast_id: Mapped[int | None] = mapped_column(ForeignKey("forecasts.id"), index=True)
    origin: Mapped[Month] = mapped_column(MonthColumn, index=True)
    quantiles: Mapped[bytes] = mapped_column(LargeBinary)
    paths: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
