"""What a kilowatt-hour cost, and from when: the price history, and dynamic prices by the hour."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, Off, UpdatedAt


class KwhPriceHistory(Base):
    __tablename__ = "kwh_price_histories"
    __table_args__ = (
        # Unique, so that no instant has two prices.
        Index(None, "sun_source_id", "effective_from", unique=True),
        CheckConstraint("standing_period IN ('day', 'month', 'year')", name="standing_period"),
    )

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    price_per_kwh: Mapped[Decimal] = mapped_column(Numeric)
    export_price_per_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    effective_from: Mapped[datetime]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    # What Ampra adds.
    windows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    hourly: Mapped[Off]
    standing_charge: Mapped[Decimal] = mapped_column(Numeric, server_default=text("0"))
    standing_period: Mapped[str] = mapped_column(String(5), server_default=text("'month'"))


class HourlyPrice(Base):
    __tablename__ = "hourly_prices"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_at"),)

    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    price_per_kwh: Mapped[Decimal] = mapped_column(Numeric)
    export_price_per_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
