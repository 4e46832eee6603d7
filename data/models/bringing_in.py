"""Files of sources that a worker brings in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, Zero


class SourceImport(Base):
    """`content` is kept until all is made; `sealed_secret`, the credentials as a file, until it was taken once."""

    __tablename__ = "source_imports"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),)

    id: Mapped[GuidKey]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(16), server_default=text("'waiting'"))
    content: Mapped[str | None]
    rows_total: Mapped[Zero]
    rows_done: Mapped[Zero]
    sealed_secret: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
