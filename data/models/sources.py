"""Power groups and the sources in them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, Name, On, UpdatedAt, Words


class PowerGroup(Base):
    __tablename__ = "power_groups"

    id: Mapped[GuidKey]
    name: Mapped[Name]
    description: Mapped[Words]
    logo_url: Mapped[Words]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class SunSource(Base):
    __tablename__ = "sun_sources"
    __table_args__ = (
        CheckConstraint("connection_type IN (0, 1)", name="connection_type"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("installed_capacity_watts BETWEEN 0 AND 1000000", name="installed_capacity_watts"),
        CheckConstraint("retention_raw_days BETWEEN 7 AND 36500", name="retention_raw_days"),
        CheckConstraint("retention_five_minutes_days BETWEEN 7 AND 36500", name="retention_five_minutes_days"),
    )

    id: Mapped[GuidKey]
    name: Mapped[Name]
    description: Mapped[Words]
    icon_url: Mapped[str | None]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    power_group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("power_groups.id", ondelete="SET NULL"), index=True
    )
    connection_type: Mapped[int]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    mqtt_topic: Mapped[str | None]
    mqtt_api_key: Mapped[str | None]
    webhook_url: Mapped[str | None]
    webhook_secret: Mapped[str | None]
    is_active: Mapped[On]
    installed_capacity_watts: Mapped[float | None]
    currency: Mapped[str] = mapped_column(String(3), server_default=text("'EUR'"))
    system_cost: Mapped[Decimal | None] = mapped_column(Numeric)
    maintenance_cost_per_year: Mapped[Decimal | None] = mapped_column(Numeric)
    installation_date: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    # What Ampra adds.
    time_zone: Mapped[str] = mapped_column(server_default=text("'UTC'"))
    has_battery: Mapped[bool | None]
    battery_capacity_kwh: Mapped[float | None]
    tilt_degrees: Mapped[float | None]
    azimuth_degrees: Mapped[float | None]
    export_limit_watts: Mapped[float | None]
    payload_mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    payload_profile: Mapped[str | None]
    # Not given: the installation's own settings hold.
    retention_raw_days: Mapped[int | None]
    retention_five_minutes_days: Mapped[int | None]
