"""What the returns of a source rest on beside its prices: dated costs, assumptions and the holidays of its tariff."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, UpdatedAt


class SourceCost(Base):
    __tablename__ = "source_costs"

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    date: Mapped[dt.date]
    amount: Mapped[Decimal] = mapped_column(Numeric)
    note: Mapped[str] = mapped_column(String(200), server_default=text("''"))
    created_at: Mapped[CreatedAt]


class ReturnsSetting(Base):
    __tablename__ = "returns_settings"
    __table_args__ = (
        CheckConstraint("holiday_region IS NULL OR holiday_country IS NOT NULL", name="holiday_region"),
    )

    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), primary_key=True)
    assumptions: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    holiday_country: Mapped[str | None] = mapped_column(String(2))
    holiday_region: Mapped[str | None] = mapped_column(String(20))
    # Counts the changes of prices and holidays, so that what was computed from older ones is known to be old.
    prices_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    updated_at: Mapped[UpdatedAt]
