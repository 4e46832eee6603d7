"""How far the background work for a source has come, and what it last failed with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, GuidKey, UpdatedAt, Zero


class JobProgress(Base):
    __tablename__ = "job_progress"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index(None, "sun_source_id", "subject", unique=True),
    )

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(200), server_default=text("''"))
    percent: Mapped[Zero]
    message: Mapped[str | None]
    updated_at: Mapped[UpdatedAt]
    done_at: Mapped[datetime | None]
