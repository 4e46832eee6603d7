"""What of a source is shown to the public."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, Off, UpdatedAt


class SunSourceSharing(Base):
    __tablename__ = "sun_source_sharings"

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(
        ForeignKey("sun_sources.id", ondelete="CASCADE"), unique=True, index=True
    )
    is_enabled: Mapped[Off]
    share_monitor: Mapped[Off]
    share_weather: Mapped[Off]
    share_forecast: Mapped[Off]
    share_returns: Mapped[Off]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
