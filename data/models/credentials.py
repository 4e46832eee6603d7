"""The credentials of sources: hashes of MQTT keys and sealed webhook secrets, several while one is being replaced."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey


class SourceCredential(Base):
    __tablename__ = "source_credentials"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'mqtt' AND secret_hash IS NOT NULL AND sealed_secret IS NULL)"
            " OR (kind = 'webhook' AND secret_hash IS NULL AND sealed_secret IS NOT NULL)",
            name="kind",
        ),
        Index(None, "sun_source_id", "kind"),
    )

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    secret_hash: Mapped[str | None]
    sealed_secret: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
