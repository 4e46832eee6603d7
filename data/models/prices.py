"""What a kilowatt-hour cost, and from when."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, UpdatedAt


class KwhPriceHistory(Base):
    __tablename__ = "kwh_price_histories"
    # Unique, so that no instant has two prices.
    __table_args__ = (Index(None, "sun_source_id", "effective_from", unique=True),)

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    price_per_kwh: Mapped[Decimal] = mapped_column(Numeric)
    export_price_per_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    effective_from: Mapped[datetime]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
