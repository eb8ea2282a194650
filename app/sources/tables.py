"""The table of publishers: what was asked, what came, and who is asking now."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.database import Base, Instant, MonthColumn
from forecasting import Month


class SourceRow(Base):
    """What this store remembers of asking one publisher.

    The page's and the file's validators, `edition`, and `file_checksum` are those of the last file
    that was
    loaded: after a failure everything is asked for again. `seen_address` and `seen_on` are the
    newest file that the page ever linked and the day on which that was noticed, whatever became of
    it.
    """

    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    page: Mapped[str | None] = mapped_column(String(2000))
    page_etag: Mapped[str | None] = mapped_column(String(100))
    page_modified: Mapped[str | None] = mapped_column(String(100))
    page_day: Mapped[date | None]
    file: Mapped[str | None] = mapped_column(String(2000))
    file_title: Mapped[str | None] = mapped_column(String(300))
    file_etag: Mapped[str | None] = mapped_column(String(100))
    file_modified: Mapped[str | None] = mapped_column(String(100))
    file_checksum: Mapped[str | None] = mapped_column(String(64))
    file_bytes: Mapped[int | None]
    edition: Mapped[str | None] = mapped_column(String(20))
    newest_period: Mapped[Month | None] = mapped_column(MonthColumn)
    published_on: Mapped[date | None]
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"))
    seen_address: Mapped[str | None] = mapped_column(String(2000))
    seen_on: Mapped[date | None]
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    new_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    failure_kind: Mapped[str | None] = mapped_column(String(50))
    failure: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(100))
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
