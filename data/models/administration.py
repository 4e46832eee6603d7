"""What the clock will do next, why work failed, and the simulations that admins started."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class ScheduleBeat(Base):
    __tablename__ = "schedule_beats"

    task: Mapped[str] = mapped_column(primary_key=True)
    every: Mapped[str]
    next_run_at: Mapped[datetime | None]
    noted_at: Mapped[datetime]
    run_asked_at: Mapped[datetime | None]


class JobFailure(Base):
    __tablename__ = "job_failures"

    # Of the queue's own table, which is its library's: it is tidied with the runs.
    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    sentence: Mapped[str]


class Simulation(Base):
    __tablename__ = "simulations"

    sun_source_id: Mapped[UUID] = mapped_column(ForeignKey("sun_sources.id", ondelete="CASCADE"), primary_key=True)
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    readings: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
