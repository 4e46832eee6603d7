"""Daily weather of a source, observed and forecast."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, GuidKey, Off


class WeatherData(Base):
    __tablename__ = "weather_data"
    __table_args__ = (Index(None, "sun_source_id", "date", unique=True),)

    id: Mapped[GuidKey]
    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), index=True)
    date: Mapped[datetime]
    temperature_max: Mapped[float | None]
    temperature_min: Mapped[float | None]
    shortwave_radiation_sum: Mapped[float | None]
    weather_code: Mapped[int | None]
    uv_index_max: Mapped[float | None]
    precipitation_sum: Mapped[float | None]
    sunrise: Mapped[datetime | None]
    sunset: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    # What Ampra adds.
    is_observed: Mapped[Off]
    issued_at: Mapped[datetime | None]
