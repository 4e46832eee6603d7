"""What is shown of sources and groups to the public, and with whom their owners share them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, Off, On, UpdatedAt, Zero

_ONE_THING = "num_nonnulls(sun_source_id, power_group_id) = 1"


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


class SharedLink(Base):
    __tablename__ = "shared_links"
    __table_args__ = (
        Index(None, "token_hash", unique=True),
        CheckConstraint(_ONE_THING, name="one_thing"),
        CheckConstraint("delay_minutes >= 0", name="delay_minutes"),
    )

    id: Mapped[GuidKey]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    sun_source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    power_group_id: Mapped[UUID | None] = mapped_column(ForeignKey("power_groups.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    title: Mapped[str | None] = mapped_column(String(100))
    token_hash: Mapped[str]
    share_monitor: Mapped[Off]
    share_weather: Mapped[Off]
    share_forecast: Mapped[Off]
    share_returns: Mapped[Off]
    hides_money: Mapped[On]
    hides_owner: Mapped[On]
    town: Mapped[str | None] = mapped_column(String(100))
    delay_minutes: Mapped[Zero]
    is_indexed: Mapped[Off]
    embedding_sites: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    visits: Mapped[Zero]
    last_visit_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Membership(Base):
    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(_ONE_THING, name="one_thing"),
        CheckConstraint("role IN ('viewer', 'manager')", name="role"),
        Index(None, "sun_source_id", "normalized_email", unique=True),
        Index(None, "power_group_id", "normalized_email", unique=True),
    )

    id: Mapped[GuidKey]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    sun_source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"))
    power_group_id: Mapped[UUID | None] = mapped_column(ForeignKey("power_groups.id", ondelete="CASCADE"))
    email: Mapped[str]
    normalized_email: Mapped[str] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(16))
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
