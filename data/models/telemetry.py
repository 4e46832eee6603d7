"""What owners say about their telemetry: corrections with their reason, and imports of history with their progress."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey

_WHOLE = (
    "(kind = 'exclusion' AND starts_at < ends_at AND date IS NULL AND channel IS NULL AND kwh IS NULL)"
    " OR (kind = 'day_total' AND date IS NOT NULL AND channel IS NOT NULL AND kwh >= 0 AND starts_at IS NULL)"
)


class TelemetryCorrection(Base):
    """A row is never deleted: undoing it says who did it and when."""

    __tablename__ = "telemetry_corrections"
    __table_args__ = (
        CheckConstraint(_WHOLE, name="kind"),
        Index(
            "ix_telemetry_corrections_day_total",
            "sun_source_id", "date", "channel",
            unique=True,
            postgresql_where=text("undone_at IS NULL AND kind = 'day_total'"),
        ),
    )  # fmt: skip

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    starts_at: Mapped[dt.datetime | None]
    ends_at: Mapped[dt.datetime | None]
    fields: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    date: Mapped[dt.date | None]
    channel: Mapped[str | None] = mapped_column(String(16))
    kwh: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(500))
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    undone_by: Mapped[str | None]
    undone_at: Mapped[dt.datetime | None]


class TelemetryImport(Base):
    """A file that was brought, and how far it has come; the file itself is in MongoDB until it is done."""

    __tablename__ = "telemetry_imports"
    __table_args__ = (
        CheckConstraint("kind IN ('readings', 'days')", name="kind"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
    )

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), server_default=text("'waiting'"))
    file_name: Mapped[str] = mapped_column(String(200))
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rows_total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    error: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[dt.datetime | None]
